using RlOffload.Environment;
using RlOffload.Training.Statistics;
using Xunit.Abstractions;

namespace RlOffload.Tests.Training.Statistics;

/// <summary>Seeded, so that what it finds is the same each time; 'bench coverage' repeats it with more experiments and prints everything.</summary>
public sealed class CoverageStudyTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AtFortyWindowsTheScoresIntervalHoldsTheTruthWithinTwoPointsOf95Percent(bool skewed)
    {
        var found = Print(new CoverageStudy(1000, 300, 1).Windows(40, skewed));
        Assert.InRange(found["bootstrap-t"].Share, 0.93, 0.97);
        Assert.True(found["bootstrap-t"].Share >= found["percentile"].Share);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public void WithFewSeedsTheCrossedIntervalHoldsAndAPercentileIntervalIsFarTooNarrow(int seeds)
    {
        var found = Print(new CoverageStudy(1200, 150, 2).Seeds(seeds, 40, skewed: true));
        Assert.InRange(found["crossed t"].Share, 0.93, 0.975);
        Assert.True(found["percentile over seeds"].Share < 0.85);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public void TheInterquartileMeansIntervalErrsToTheWideSide(int seeds)
    {
        var found = Print(new CoverageStudy(150, 120, 3).InterquartileMeans(6, seeds, 40));
        Assert.InRange(found["expanded percentile"].Share, 0.93, 1);
        Assert.True(found["percentile over seeds"].Share < found["expanded percentile"].Share);
    }

    [Fact]
    public void TheWindowsOfARealEvaluationAreItsPopulation()
    {
        var rng = new Rng(1);
        var room = Enumerable.Range(0, 300).Select(_ => 0.1 + 0.2 * rng.NextDouble()).ToArray();
        double[] gain = [.. room.Select(r => r * rng.NextDouble())];
        var found = Print(new CoverageStudy(300, 300, 4).Real("given", gain, room, 40));
        Assert.InRange(found["bootstrap-t"].Share, 0.92, 0.98);
    }

    private Dictionary<string, Coverage> Print(IReadOnlyList<Coverage> rows)
    {
        foreach (var row in rows)
            output.WriteLine($"{row}");
        return rows.ToDictionary(r => r.Method);
    }
}
