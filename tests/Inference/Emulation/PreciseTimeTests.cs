using System.Collections.Concurrent;
using RlOffload.Inference.Emulation;

namespace RlOffload.Tests.Inference.Emulation;

public sealed class PreciseTimeTests : IDisposable
{
    private readonly PreciseTime _time = new();

    public void Dispose() => _time.Dispose();

    [Fact]
    public async Task NoTimerWakesBeforeItsTime()
    {
        foreach (var ms in new[] { 0, 1, 3, 7 })
        {
            var begun = _time.GetTimestamp();
            await Task.Delay(TimeSpan.FromMilliseconds(ms), _time);
            Assert.True(_time.GetElapsedTime(begun).TotalMilliseconds >= ms);
        }
    }

    [Fact]
    public async Task OneThatIsDueEarlierGoesBeforeOneThatWasSetEarlier()
    {
        var order = new ConcurrentQueue<int>();
        var done = new TaskCompletionSource();
        await using var late = _time.CreateTimer(_ => { order.Enqueue(2); done.SetResult(); }, null, TimeSpan.FromMilliseconds(400), Timeout.InfiniteTimeSpan);
        await using var early = _time.CreateTimer(_ => order.Enqueue(1), null, TimeSpan.FromMilliseconds(5), Timeout.InfiniteTimeSpan);
        await done.Task;
        Assert.Equal([1, 2], order);
    }

    [Fact]
    public async Task OneThatWasChangedWakesOnceAtItsNewTimeAndOneThatIsDisposedNever()
    {
        var calls = new ConcurrentQueue<string>();
        var changed = new TaskCompletionSource();
        await using var timer = _time.CreateTimer(_ => { calls.Enqueue("changed"); changed.SetResult(); }, null, TimeSpan.FromMilliseconds(5), Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromMilliseconds(60), Timeout.InfiniteTimeSpan);
        _time.CreateTimer(_ => calls.Enqueue("disposed"), null, TimeSpan.FromMilliseconds(20), Timeout.InfiniteTimeSpan).Dispose();
        await changed.Task;
        Assert.Equal(["changed"], calls);
    }

    [Fact]
    public async Task OneWithAPeriodWakesAgainAndAgain()
    {
        var calls = 0;
        var third = new TaskCompletionSource();
        await using var timer = _time.CreateTimer(_ =>
        {
            if (Interlocked.Increment(ref calls) == 3)
                third.SetResult();
        }, null, TimeSpan.Zero, TimeSpan.FromMilliseconds(2));
        await third.Task;
        Assert.True(calls >= 3);
    }

    [Fact]
    public async Task AWaitCanBeGivenUp()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(10));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(TimeSpan.FromHours(1), _time, cancel.Token));
    }
}
