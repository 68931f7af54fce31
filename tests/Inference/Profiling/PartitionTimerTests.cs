using Microsoft.ML.OnnxRuntime;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Profiling;
using RlOffload.Tests.Onnx;

namespace RlOffload.Tests.Inference.Profiling;

public class PartitionTimerTests
{
    [Fact]
    public void MedianAndNinetiethPercentileAreOfTheSortedTimes()
    {
        Assert.Equal(new Duration(5.5, 9), PartitionTimer.Summarise([10, 1, 9, 2, 8, 3, 7, 4, 6, 5]));
        Assert.Equal(new Duration(2, 3), PartitionTimer.Summarise([3, 1, 2]));
    }

    [Theory]
    [InlineData(1e6, 1 + 1 + 1 + 5 * 2 + 1)] // A second a run: one warm-up, then as many runs as asked for.
    [InlineData(1, 1 + 2 + 1 + 5 * 2 + 45 * 3)] // A microsecond: three warm-ups, then ten times as many runs, looking at the clock before each.
    public void QuickModelsRunMoreOften(double usPerReading, int readings)
    {
        var clock = new Clock(TimeSpan.FromMicroseconds(usPerReading));
        using var model = new SubModel(Graphs.Make("x", "y", "", "y = Relu x"));
        using var input = OrtValue.CreateTensorValueFromMemory(new float[4], [1, 4]);

        var duration = new PartitionTimer(clock, 5).Measure(model, [input], CancellationToken.None);

        Assert.Equal(new Duration(usPerReading / 1000, usPerReading / 1000), duration);
        Assert.Equal(readings, clock.Readings);
    }

    /// <summary>Every reading is one step later than the last.</summary>
    private sealed class Clock(TimeSpan step) : TimeProvider
    {
        public int Readings { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ++Readings * step.Ticks;
    }
}
