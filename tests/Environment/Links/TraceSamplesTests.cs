using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class TraceSamplesTests
{
    [Fact]
    public void EqualTimesAreAveragedAndTheLastRateHoldsForTheUsualSpacing()
    {
        var read = Read(clock: false, (5, 10), (6, 20), (6, 40), (7, 5));
        Assert.Equal([10, 30, 5], Rates(read));
        Assert.Equal(3, read.Trace.DurationSeconds);
        Assert.Equal(1, read.Averaged);
        Assert.Empty(read.Warnings);
    }

    [Fact]
    public void AClockThatStepsBackTwoSecondsIsMergedWithAWarning()
    {
        var read = Read(clock: true, (0, 10), (1, 20), (2, 30), (3, 40), (1, 60), (2, 50), (4, 1));
        Assert.Equal([10, 40, 40, 40, 1], Rates(read));
        Assert.Contains("the clock steps back 2 times, by 2 s at most (first in line 5); merged by time", read.Warnings);
    }

    [Fact]
    public void AClockThatStepsBackFurtherIsRefused() =>
        Assert.Contains("file:5: time is 0.9 s after 3 s, allowed is a clock that steps back by 2 s at most",
            Assert.Throws<InputException>(() => Read(clock: true, (0, 10), (1, 20), (2, 30), (3, 40), (0.9, 60))).Message);

    [Fact]
    public void TimesThatAreNoClockMustNotFallAtAll() =>
        Assert.Contains("file:3: time is 0.9 s after 1 s, allowed is time that does not go backwards",
            Assert.Throws<InputException>(() => Read(clock: false, (0, 10), (1, 20), (0.9, 30))).Message);

    [Fact]
    public void GapsAndOutagesAreNamed()
    {
        var read = Read(clock: false, [.. Enumerable.Range(0, 40).Select(i => ((double)i, i is 0 or > 35 ? 10.0 : 0)), (60, 10)]);
        Assert.Contains("no sample for 21 s from 39 s on (usual is 1 s); the rate before holds", read.Warnings);
        Assert.Contains("rate is 0 for 35 s from 1 s on", read.Warnings);
    }

    [Fact]
    public void AFileOfMissingValuesHasNoRate()
    {
        var samples = new TraceSamples("file");
        samples.Missing();
        Assert.Contains("there is no rate in it (1 lines without a value)", Assert.Throws<InputException>(() => samples.Finish("x", TraceFormat.Csv, "")).Message);
    }

    private static TraceReading Read(bool clock, params (double Time, double Rate)[] rows)
    {
        var samples = new TraceSamples("file") { Clock = clock };
        for (var i = 0; i < rows.Length; i++)
            samples.Add(i + 1, rows[i].Time, rows[i].Rate, rows[i].Rate.ToString());
        return samples.Finish("x", TraceFormat.Csv, "");
    }

    private static double[] Rates(TraceReading read) => [.. Enumerable.Range(0, read.Trace.Segments).Select(read.Trace.RateOf)];
}
