using RlOffload.Inference.Flights;

namespace RlOffload.Tests.Inference.Flights;

public class RunClockTests
{
    [Fact]
    public async Task AWaitNeverEndsBeforeItsTime()
    {
        var clock = new RunClock(TimeProvider.System);
        for (var i = 1; i <= 20; i++)
        {
            var until = clock.Now + i * 0.0003;
            await clock.Until(until, CancellationToken.None);
            Assert.True(clock.Now >= until);
        }
    }

    [Fact]
    public async Task AWaitCanBeGivenUp()
    {
        using var cancel = new CancellationTokenSource();
        var wait = new RunClock(TimeProvider.System).Until(3600, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }
}
