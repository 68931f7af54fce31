using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class Nsga2Tests
{
    private static int[] Exhaustive(IReadOnlyList<double[]> o) =>
        [.. Enumerable.Range(0, o.Count).Where(i => !o.Any(other => other.Zip(o[i]).All(p => p.First <= p.Second) && other.Zip(o[i]).Any(p => p.First < p.Second)))];

    [Fact]
    public void OnSmallNetsTheFrontIsTheExhaustiveOne()
    {
        var rng = new Rng(7);
        for (var round = 0; round < 100; round++)
        {
            var steps = round % 2 == 0 ? 6 : 1000;
            double[][] objectives = [.. Enumerable.Range(0, 1 + rng.NextInt(45)).Select(_ => (double[])[rng.NextInt(steps), rng.NextInt(steps), rng.NextInt(steps)])];
            Assert.Equal(Exhaustive(objectives), Nsga2.Front(objectives, Nsga2Options.Default, ref rng));
        }
    }

    /// <summary>
    /// Where the choices outnumber all that is ever looked at, its front is none that a random search of as many looks finds: 2,000 places on a valley whose two ends are good
    /// for one objective each, with noise around it.
    /// </summary>
    [Fact]
    public void OnALargeTableItFindsMoreOfTheFrontThanRandomSearch()
    {
        var rng = new Rng(8);
        const int count = 2_000;
        var options = new Nsga2Options(20, 20, 0.2);
        int found = 0, luck = 0;
        for (var round = 0; round < 10; round++)
        {
            var centre = 200 + rng.NextInt(count - 400);
            double[][] objectives = [.. Enumerable.Range(0, count).Select(i => Math.Abs(i - centre) is var off && off <= 40
                ? (double[])[i - centre + 40, centre + 40 - i] : [100 + off, 100 + off])];
            found += Nsga2.Front(objectives, options, ref rng).Count(i => Math.Abs(i - centre) <= 40);
            luck += Enumerable.Range(0, options.Population * (options.Generations + 1)).Select(_ => rng.NextInt(count)).Distinct().Count(i => Math.Abs(i - centre) <= 40);
        }
        Assert.True(found > luck, $"{found} members of the fronts against {luck}");
    }

    [Fact]
    public void TheSameSeedGivesTheSameFront()
    {
        var rng = new Rng(9);
        double[][] objectives = [.. Enumerable.Range(0, 500).Select(_ => (double[])[rng.NextDouble(), rng.NextDouble(), rng.NextDouble()])];
        int[] Front()
        {
            var own = new Rng(1);
            return Nsga2.Front(objectives, new(20, 10, 0.2), ref own);
        }
        Assert.Equal(Front(), Front());
    }

    [Fact]
    public void NothingToChooseFromHasNoFront()
    {
        var rng = new Rng(1);
        Assert.Empty(Nsga2.Front([], Nsga2Options.Default, ref rng));
    }
}
