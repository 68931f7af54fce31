using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class EpsilonConstraintTests
{
    [Fact]
    public void OnlyTheSlowestFeasibleSplitIsVetoed()
    {
        var method = new EpsilonConstraint(5);
        Assert.Equal(2, method.Choose([1, 2, 3, 4, 9], [10, 20, 30, 40, 50], 45));
        Assert.Equal(3, method.Choose([1, 2, 3, 4, 9], [10, 20, 30, 40, 50], 100));
        Assert.Equal(4, method.Choose([9, 2, 3, 4, 1], [10, 20, 30, 40, 50], 100));
    }

    [Fact]
    public void TheCapIsStrict()
    {
        var method = new EpsilonConstraint(3);
        Assert.Equal(0, method.Choose([1, 2, 3], [10, 20, 30], 30));
        Assert.Equal(-1, method.Choose([1, 2, 3], [10, 20, 30], 10));
        Assert.Equal(0, method.Choose([1, 2, 3], [10, 20, 30], 11));
    }

    [Fact]
    public void EquallyFastSplitsAreNotLost() => Assert.Equal(2, new EpsilonConstraint(3).Choose([1, 1, 1], [10, 20, 30], 100));

    [Fact]
    public void OfEqualMemoryTheFasterIsTaken() => Assert.Equal(1, new EpsilonConstraint(4).Choose([3, 2, 3, 5], [20, 20, 20, 1], 100));

    [Fact]
    public void TheChoiceHasTheMostMemoryOfTheFrontAndOfAllButTheSlowest()
    {
        var rng = new Rng(5);
        for (var round = 0; round < 500; round++)
        {
            var n = 1 + rng.NextInt(20);
            var latency = new double[n];
            var memory = new double[n];
            for (var i = 0; i < n; i++)
                (latency[i], memory[i]) = (rng.NextInt(10), rng.NextInt(10));
            double cap = rng.NextInt(12);
            var method = new EpsilonConstraint(n);
            var chosen = method.Choose(latency, memory, cap);
            int[] feasible = [.. Enumerable.Range(0, n).Where(i => memory[i] < cap)];
            if (feasible.Length == 0)
            {
                Assert.Equal(-1, chosen);
                continue;
            }
            var slowest = feasible.Max(i => latency[i]);
            var rest = feasible.Where(i => latency[i] < slowest).DefaultIfEmpty(-1).ToArray();
            Assert.Equal(rest[0] < 0 ? feasible.Max(i => memory[i]) : rest.Max(i => memory[i]), memory[chosen]);
            Assert.Contains(chosen, method.Front.ToArray());
            Assert.Equal(method.Front.ToArray().Max(i => memory[i]), memory[chosen]);
        }
    }

    [Fact]
    public void LatenciesThatAreNoNumbersStillGiveAFeasibleSplit() =>
        Assert.Equal(1, new EpsilonConstraint(3).Choose([double.NaN, double.NaN, double.NaN], [1, 2, 3], 3));
}
