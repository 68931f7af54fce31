using RlOffload.Inference.Serving;

namespace RlOffload.Tests.Inference.Serving;

public sealed class RateLimitTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void SoManyASecondAndNoMoreHoweverManyAsk()
    {
        var limit = new RateLimit(1000, _time);
        var taken = 0;
        for (var ask = 0; ask < 30_000; ask++)
        {
            taken += limit.TryTake(out _) ? 1 : 0;
            _time.Seconds += 1e-4;
        }
        Assert.InRange(taken, 2999, 3000 + (int)(1000 * RateLimit.BurstSeconds));
    }

    [Fact]
    public void ItSaysWhenToTryAgain()
    {
        var limit = new RateLimit(4, _time);
        Assert.True(limit.TryTake(out _));
        Assert.False(limit.TryTake(out var retry));
        Assert.Equal(0.25, retry, 9);
        _time.Seconds += 0.25;
        Assert.True(limit.TryTake(out _));
    }

    [Fact]
    public void ZeroIsNoLimit() => Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(new RateLimit(0, _time).TryTake(out var _)));
}
