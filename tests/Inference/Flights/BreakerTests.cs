using RlOffload.Environment;
using RlOffload.Inference.Flights;

namespace RlOffload.Tests.Inference.Flights;

public class BreakerTests
{
    private static readonly BreakerOptions Options = new(Failures: 3, FirstBreak: 1, Factor: 2, LongestBreak: 3, Jitter: 0);

    [Fact]
    public void FailuresInARowOpenItAndAnAnswerBetweenThemDoesNot()
    {
        var breaker = new Breaker(Options, new Rng(1));
        for (var i = 0; i < 10; i++)
        {
            Assert.True(breaker.TryEnter(i, 0));
            if (i % 3 == 2)
                breaker.Succeeded(i, 0);
            else
                breaker.Failed(i, Reason.Late, 0);
        }
        Assert.Equal(BreakerState.Closed, breaker.State);
        breaker.Failed(10, Reason.Refused, 1);
        breaker.Failed(11, Reason.BrokenOff, 1);
        Assert.Equal(BreakerState.Open, breaker.State);
        Assert.False(breaker.Allows(1.5));
        Assert.False(breaker.TryEnter(12, 1.5));
        Assert.Equal(new BreakerCounts(1, 0, 1, 1, 0.5), breaker.Counts(1.5));
    }

    [Fact]
    public void WhereNobodyListensOneFailureIsEnough()
    {
        var breaker = new Breaker(Options, new Rng(1));
        breaker.Failed(0, Reason.Unreachable, 0);
        Assert.Equal(BreakerState.Open, breaker.State);
    }

    [Fact]
    public void AfterTheBreakOneRequestTriesAndItsAnswerClosesIt()
    {
        var breaker = Opened(at: 0);
        Assert.False(breaker.Allows(0.99));
        Assert.True(breaker.Allows(1));
        Assert.True(breaker.TryEnter(7, 1));
        Assert.False(breaker.Allows(1.1));
        Assert.False(breaker.TryEnter(8, 1.1));
        breaker.Succeeded(3, 1.2); // an answer to an earlier request is not the trial's
        Assert.Equal(BreakerState.HalfOpen, breaker.State);
        breaker.Succeeded(7, 1.5);
        Assert.Equal(BreakerState.Closed, breaker.State);
        Assert.True(breaker.TryEnter(9, 1.5) && breaker.TryEnter(10, 1.5));
        Assert.Equal(1.5, breaker.Counts(9).OpenSeconds);
    }

    [Fact]
    public void EachFailedTrialDoublesTheBreakUpToTheLongest()
    {
        var breaker = Opened(at: 0);
        var (now, lengths) = (0.0, new List<double>());
        for (var trial = 0; trial < 4; trial++)
        {
            var from = now;
            while (!breaker.Allows(now))
                now += 0.125;
            lengths.Add(now - from);
            Assert.True(breaker.TryEnter(100 + trial, now));
            breaker.Failed(100 + trial, Reason.Late, now);
        }
        Assert.Equal([1, 2, 3, 3], lengths);
        Assert.Equal(5, breaker.Counts(now).Opened);
    }

    [Fact]
    public void ATrialThatTellsNothingLeavesTheNextOneToTry()
    {
        var breaker = Opened(at: 0);
        Assert.True(breaker.TryEnter(1, 1));
        breaker.Abandoned(1);
        Assert.True(breaker.TryEnter(2, 1));
        breaker.Failed(2, Reason.NotFinite, 1);
        Assert.True(breaker.TryEnter(3, 1));
        Assert.Equal((BreakerState.HalfOpen, 3), (breaker.State, breaker.Counts(1).Trials));
    }

    [Fact]
    public void AServerThatSaysWhenToAskAgainIsNotAskedBefore()
    {
        var breaker = new Breaker(Options with { LongestRetryAfter = 20 }, new Rng(1));
        breaker.Failed(0, Reason.Refused, 0, retryAfter: 0.25);
        Assert.False(breaker.Allows(0.24));
        Assert.True(breaker.Allows(0.25));
        Assert.True(breaker.TryEnter(1, 0.25));
        // The one that tries is told again; its break is no shorter than its own.
        breaker.Failed(1, Reason.Refused, 0.3, retryAfter: 7);
        Assert.False(breaker.Allows(7.2));
        Assert.True(breaker.TryEnter(2, 7.31));
        breaker.Failed(2, Reason.Refused, 8, retryAfter: 0.001);
        Assert.False(breaker.Allows(9.9));
        Assert.True(breaker.TryEnter(3, 10));
        breaker.Failed(3, Reason.Refused, 10, retryAfter: 1e9);
        Assert.False(breaker.Allows(29.9));
        Assert.True(breaker.TryEnter(4, 30));
        // What is no time counts as none.
        breaker.Failed(4, Reason.Refused, 30, retryAfter: double.NaN);
        Assert.True(breaker.Allows(33));
    }

    [Fact]
    public void DevicesThatWereToldTheSameTimeDoNotComeBackTogetherAndNoneTooEarly()
    {
        var back = Enumerable.Range(0, 100).Select(seed =>
        {
            var breaker = new Breaker(Options with { Jitter = 0.5 }, new Rng((ulong)seed));
            breaker.Failed(0, Reason.Refused, 0, retryAfter: 1);
            var now = 0.0;
            while (!breaker.Allows(now))
                now += 0.001;
            return now;
        }).ToList();
        Assert.All(back, b => Assert.InRange(b, 1, 1.5011));
        Assert.True(back.Max() - back.Min() > 0.3);
    }

    [Fact]
    public void BreaksAreSpreadEvenlyAndBySeed()
    {
        double Break(ulong seed)
        {
            var breaker = new Breaker(Options with { Jitter = 0.5 }, new Rng(seed));
            breaker.Failed(0, Reason.Unreachable, 0);
            var now = 0.0;
            while (!breaker.Allows(now))
                now += 0.001;
            return now;
        }
        var breaks = Enumerable.Range(0, 200).Select(s => Break((ulong)s)).ToList();
        Assert.All(breaks, b => Assert.InRange(b, 0.75, 1.2511));
        Assert.True(breaks.Min() < 0.8 && breaks.Max() > 1.2);
        Assert.Equal(Break(5), Break(5));
    }

    private static Breaker Opened(double at)
    {
        var breaker = new Breaker(Options, new Rng(1));
        breaker.Failed(0, Reason.Unreachable, at);
        return breaker;
    }
}
