using RlOffload.Environment;
using RlOffload.Environment.Simulation;

namespace RlOffload.Tests.Environment.Simulation;

public sealed class ArrivalsTests
{
    public static TheoryData<ArrivalKind> Kinds => [ArrivalKind.Periodic, ArrivalKind.Poisson, ArrivalKind.Bursty, ArrivalKind.Recorded];

    private static ArrivalSpec Spec(ArrivalKind kind) => new(kind, MeanGap: 0.5, Recorded: kind == ArrivalKind.Recorded ? [10, 10.1, 10.9, 11.5] : null);

    [Theory, MemberData(nameof(Kinds))]
    public void TheMeanGapHoldsAndTimesRise(ArrivalKind kind)
    {
        var times = new double[400];
        var sum = 0.0;
        const int windows = 400;
        for (var w = 0ul; w < windows; w++)
        {
            Arrivals.Draw(Spec(kind), 1, w, times);
            Assert.True(times[0] >= 0);
            for (var i = 1; i < times.Length; i++)
                Assert.True(times[i] >= times[i - 1]);
            sum += times[^1];
        }
        Assert.InRange(sum / windows / times.Length, 0.5 * 0.97, 0.5 * 1.03);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void AWindowIsAlwaysDrawnAlikeAndALongerOneGoesOnFromAShorter(ArrivalKind kind)
    {
        double[] one = new double[50], again = new double[50], longer = new double[90], other = new double[50];
        Arrivals.Draw(Spec(kind), 1, 5, one);
        Arrivals.Draw(Spec(kind), 1, 5, again);
        Arrivals.Draw(Spec(kind), 1, 5, longer);
        Arrivals.Draw(Spec(kind), 1, 6, other);
        Assert.Equal(one, again);
        Assert.Equal(one, longer[..50]);
        Assert.Equal(kind == ArrivalKind.Periodic, one.SequenceEqual(other));
    }

    [Fact]
    public void BurstsHoldAboutTwelveRequests()
    {
        // Bursts far apart and dense, so that a gap tells where one ends.
        var spec = new ArrivalSpec(ArrivalKind.Bursty, MeanGap: 1, BurstFactor: 100, CalmFactor: 0.001, BurstRequests: 12);
        var times = new double[6000];
        int requests = 0, bursts = 0;
        for (var w = 0ul; w < 10; w++)
        {
            Arrivals.Draw(spec, 3, w, times);
            for (var i = 1; i < times.Length; i++)
                bursts += times[i] - times[i - 1] > 0.5 ? 1 : 0;
            requests += times.Length;
        }
        // A burst without a request is not seen: those seen hold 12 + 1 on average (geometric).
        Assert.InRange((double)requests / bursts, 11.8, 14.2);
    }

    [Fact]
    public void GapsAreExponentialWhenPoissonAndMoreSpreadWhenBursty()
    {
        Assert.InRange(Variation(ArrivalKind.Poisson), 0.97, 1.03);
        Assert.InRange(Variation(ArrivalKind.Bursty), 1.2, 1.6);
        Assert.InRange(Variation(ArrivalKind.Periodic), 0, 1e-9);
    }

    [Fact]
    public void ARecordingIsPlayedFromAnyRequestOnAndRepeats()
    {
        var times = new double[9];
        var starts = new HashSet<double>();
        for (var w = 0ul; w < 30; w++)
        {
            Arrivals.Draw(Spec(ArrivalKind.Recorded), 1, w, times);
            var gaps = times.Zip(times.Skip(1), (a, b) => Math.Round(b - a, 9)).ToArray();
            Assert.Equal([0.1, 0.5, 0.6, 0.8], gaps[..4].Order()); // 0.5 is the mean, at the seam
            Assert.Equal(gaps[..4], gaps[4..]);
            starts.Add(gaps[0]);
        }
        Assert.Equal(4, starts.Count);
    }

    private static double Variation(ArrivalKind kind)
    {
        var times = new double[100_000];
        Arrivals.Draw(Spec(kind), 2, 0, times);
        var gaps = times.Zip(times.Skip(1), (a, b) => b - a).ToArray();
        var mean = gaps.Average();
        return Math.Sqrt(gaps.Average(g => (g - mean) * (g - mean))) / mean;
    }
}
