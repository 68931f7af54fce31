using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class LinkTraceTests
{
    // 0-1 s: 100 bit/s, 1-3 s: nothing, 3-3.5 s: 400, 3.5-5 s: nothing, 5-10 s: 20. 400 bits a round of 10 s.
    private static readonly LinkTrace Small = LinkTrace.FromSamples("small", [0, 1, 3, 3.5, 5], [100, 0, 400, 0, 20], 10);

    [Fact]
    public void RatesHoldUntilTheNextSampleAndTheTraceStartsAgain()
    {
        Assert.Equal(100, Small.RateAt(0));
        Assert.Equal(100, Small.RateAt(0.999));
        Assert.Equal(0, Small.RateAt(1));
        Assert.Equal(400, Small.RateAt(3.25));
        Assert.Equal(20, Small.RateAt(9.99));
        Assert.Equal(100, Small.RateAt(10));
        Assert.Equal(400, Small.RateAt(123.25));
        Assert.Equal(20, Small.RateAt(-0.5));
    }

    [Fact]
    public void TheMeanWeighsRatesByTime()
    {
        Assert.Equal(40, Small.MeanBitsPerSecond, 12);
        Assert.Equal(10, Small.DurationSeconds);
    }

    [Theory]
    [InlineData(0, 1, 100)]
    [InlineData(0.5, 3.25, 150)]
    [InlineData(1, 3, 0)]
    [InlineData(9, 10.5, 70)]
    [InlineData(0, 30, 1200)]
    [InlineData(5, 35, 1200)]
    [InlineData(3.25, 43.25, 1600)]
    [InlineData(2, 2, 0)]
    public void BitsAreTheIntegralOfTheRate(double from, double to, double bits) => Assert.Equal(bits, Small.BitsBetween(from, to), 9);

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 50, 0.5)]
    [InlineData(0, 100, 1)]      // the moment it is through, not the end of the pause that follows
    [InlineData(0, 101, 3.0025)]
    [InlineData(1.5, 200, 2)]
    [InlineData(9, 60, 1.4)]
    [InlineData(0, 400, 10)]
    [InlineData(0, 4050, 100.5)]
    [InlineData(12, 100, 1.25)]
    public void ATransferEndsWhenTheIntegralReachesItsBits(double start, double bits, double seconds) =>
        Assert.Equal(seconds, Small.TimeToSend(start, bits), 9);

    [Fact]
    public void TimeToSendInvertsBitsBetweenAndSplitsAddUpOnRandomTraces()
    {
        var rng = new Rng(11);
        for (var k = 0; k < 300; k++)
        {
            var trace = RandomTrace(ref rng);
            for (var j = 0; j < 50; j++)
            {
                var start = rng.NextDouble() * trace.DurationSeconds * 3;
                var bits = rng.NextDouble() * trace.MeanBitsPerSecond * trace.DurationSeconds * (j % 3 + 0.01);
                var time = trace.TimeToSend(start, bits);
                Close(bits, trace.BitsBetween(start, start + time));
                Assert.True(trace.BitsBetween(start, start + time * (1 - 1e-6)) < bits * (1 + 1e-9), "not the earliest time");

                // Sending a part first and the rest from there takes as long as sending all at once.
                var part = bits * rng.NextDouble();
                var first = trace.TimeToSend(start, part);
                var rest = trace.TimeToSend(start + first, bits - part);
                Close(bits, trace.BitsBetween(start, start + first + rest));

                var middle = start + time * rng.NextDouble();
                Close(trace.BitsBetween(start, start + time), trace.BitsBetween(start, middle) + trace.BitsBetween(middle, start + time));
            }
        }

        static void Close(double expected, double actual) => Assert.InRange(actual, expected - 1e-6 * (1 + expected), expected + 1e-6 * (1 + expected));
    }

    [Fact]
    public void EveryQueryAgreesWithALinearScan()
    {
        var rng = new Rng(5);
        for (var k = 0; k < 100; k++)
        {
            var trace = RandomTrace(ref rng);
            for (var j = 0; j < 50; j++)
            {
                var t = j == 0 ? Math.BitDecrement(trace.DurationSeconds) : j < 20 ? trace.StartOf(rng.NextInt(trace.Segments)) : rng.NextDouble() * trace.DurationSeconds;
                var i = trace.Segments - 1;
                while (trace.StartOf(i) > t)
                    i--;
                Assert.Equal(trace.RateOf(i), trace.RateAt(t));
            }
        }
    }

    [Fact]
    public void ASliceCarriesWhatTheWholeCarriesThere()
    {
        var rng = new Rng(8);
        for (var k = 0; k < 100; k++)
        {
            var trace = RandomTrace(ref rng);
            var offset = rng.NextDouble() * trace.DurationSeconds * 2;
            var seconds = trace.DurationSeconds * (0.6 + rng.NextDouble() * 2);
            if (trace.BitsBetween(offset, offset + seconds) == 0)
                continue;
            var slice = trace.Slice(offset, seconds);
            Assert.Equal(seconds, slice.DurationSeconds);
            for (var j = 0; j < 10; j++)
            {
                var t = rng.NextDouble() * seconds;
                var expected = trace.BitsBetween(offset, offset + t);
                Assert.InRange(slice.BitsBetween(0, t), expected - 1e-6 * (1 + expected), expected + 1e-6 * (1 + expected));
            }
        }
    }

    [Fact]
    public void QueriesAllocateNothing()
    {
        var rng = new Rng(3);
        var trace = RandomTrace(ref rng);
        double sum = Ask();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            sum += Ask();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.True(sum > 0);

        double Ask() => trace.RateAt(1.5) + trace.BitsBetween(0.3, 55) + trace.TimeToSend(0.2, 1e6);
    }

    [Fact]
    public void WhatIsNoTraceIsRefused()
    {
        Refused("allowed is one rate a time", [0, 1], [1], 2);
        Refused("is empty", [], [], 2);
        Refused("allowed is 0", [1, 2], [1, 1], 3);
        Refused("allowed is a finite time that rises", [0, 2, 1], [1, 1, 1], 3);
        Refused("allowed is a finite time that rises", [0, 1], [1, 1], 1);
        Refused("allowed is a finite rate", [0, 1], [1, -1], 2);
        Refused("allowed is a finite rate", [0, 1], [1, double.NaN], 2);
        Refused("something can be sent", [0, 1], [0, 0], 2);

        static void Refused(string reason, double[] starts, double[] rates, double duration) =>
            Assert.Contains(reason, Assert.Throws<InputException>(() => LinkTrace.FromSamples("x", starts, rates, duration)).Message);
    }

    [Fact]
    public void BitsThatAreNoNumberAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Small.TimeToSend(0, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => Small.TimeToSend(0, -1));
    }

    [Fact]
    public void AnotherTempoStretchesTheCourseAndAnotherContrastSpreadsTheRates()
    {
        var shaped = LinkTrace.FromSamples("t", [0, 2, 5], [0, 5e5, 4e6], 10).Reshaped(tempo: 3, usual: 1e6, power: 2);
        Assert.Equal([0, 6, 15, 30], [.. Enumerable.Range(0, 4).Select(shaped.StartOf)]);
        Assert.Equal(0, shaped.RateOf(0));
        Assert.Equal(2.5e5, shaped.RateOf(1), 3);
        Assert.Equal(1.6e7, shaped.RateOf(2), 3);
        Assert.Equal((9 * 2.5e5 + 15 * 1.6e7) / 30, shaped.MeanBitsPerSecond, 3);
    }

    private static LinkTrace RandomTrace(ref Rng rng)
    {
        var n = 1 + rng.NextInt(200);
        var starts = new double[n];
        var rates = new double[n];
        var t = 0.0;
        for (var i = 0; i < n; i++)
        {
            starts[i] = t;
            t += rng.NextInt(4) == 0 ? 20 * rng.NextDouble() + 0.001 : 0.1;
            rates[i] = rng.NextInt(3) == 0 ? 0 : 1e6 * rng.NextExponential();
        }
        rates[rng.NextInt(n)] = 5e5;
        return LinkTrace.FromSamples("random", starts, rates, t);
    }
}
