using RlOffload.Inference.Emulation;

namespace RlOffload.Tests.Inference.Emulation;

public class ScaledTimeTests
{
    [Fact]
    public void TimePassesFasterByTheFactor()
    {
        var real = new ManualTime();
        var time = new ScaledTime(real, 20);
        var start = time.GetTimestamp();
        real.Seconds = 1.5;
        Assert.Equal(30, time.GetElapsedTime(start).TotalSeconds);
    }

    [Fact]
    public void TimersRingEarlierByTheFactor()
    {
        var real = new Recorder();
        using var timer = new ScaledTime(real, 20).CreateTimer(_ => { }, null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromSeconds(4), Timeout.InfiniteTimeSpan);
        Assert.Equal([TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(0.2)], real.Due);
    }

    private sealed class Recorder : TimeProvider
    {
        public List<TimeSpan> Due { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Due.Add(dueTime);
            Assert.Equal(Timeout.InfiniteTimeSpan, period);
            return new Noted(this);
        }

        private sealed class Noted(Recorder recorder) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                recorder.Due.Add(dueTime);
                return true;
            }

            public void Dispose() { }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
