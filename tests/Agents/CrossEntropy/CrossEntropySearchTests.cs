using RlOffload.Agents.CrossEntropy;

namespace RlOffload.Tests.Agents.CrossEntropy;

public sealed class CrossEntropySearchTests
{
    private static readonly CrossEntropyOptions Options = new() { Population = 20, Elite = 5, Spread = 1, Noise = 0.1 };

    [Fact]
    public void ItFindsTheTopOfAHillAndTheSpreadCloses()
    {
        var search = new CrossEntropySearch(6, Options, seed: 3);
        for (var generation = 0; generation < 60; generation++)
            Climb(search, generation / 60.0);
        for (var d = 0; d < 6; d++)
            Assert.Equal(0.3 * d, search.Mean[d], 0.05);
        Assert.True(search.Spread < 0.1, $"spread {search.Spread}");
    }

    [Fact]
    public void TheFirstPointIsTheMeanAndTheOthersLieInPairsOnEitherSide()
    {
        var search = new CrossEntropySearch(4, Options, seed: 3);
        Climb(search, 0);
        double[] mean = [.. search.Mean], first = new double[4], left = new double[4], right = new double[4];
        search.Point(0, first);
        search.Point(3, left);
        search.Point(4, right);
        Assert.Equal(mean, first);
        for (var d = 0; d < 4; d++)
        {
            Assert.NotEqual(left[d], right[d]);
            Assert.Equal(mean[d], (left[d] + right[d]) / 2, 1e-12);
        }
    }

    [Fact]
    public void ALoadedSearchGoesOnBitForBit()
    {
        CrossEntropySearch search = new(6, Options, seed: 3), other = new(6, Options, seed: 3);
        Climb(search, 0);
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        search.Save(writer);
        memory.Position = 0;
        using var reader = new BinaryReader(memory);
        other.Load(reader);
        Climb(search, 0.5);
        Climb(other, 0.5);
        Assert.Equal(search.Mean.ToArray(), other.Mean.ToArray());
        Assert.Equal((search.Spread, 2), (other.Spread, other.Generation));
    }

    private static void Climb(CrossEntropySearch search, double done)
    {
        var (point, scores) = (new double[search.Mean.Length], new double[Options.Population]);
        for (var i = 0; i < scores.Length; i++)
        {
            search.Point(i, point);
            scores[i] = -point.Select((x, d) => Math.Pow(x - 0.3 * d, 2)).Sum();
        }
        search.Select(scores, done);
    }
}
