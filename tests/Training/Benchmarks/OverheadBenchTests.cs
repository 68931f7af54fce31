using RlOffload.Tests.Inference;
using RlOffload.Training.Benchmarks;

namespace RlOffload.Tests.Training.Benchmarks;

public sealed class OverheadBenchTests
{
    [Fact]
    public void DecidingEncodingAndFramingAllocateNothing()
    {
        using var folder = new TemporaryFolder();
        var network = new TestNetwork(folder);
        network.WritePolicy();
        var report = OverheadBench.Run(network.PolicyPath, tensorBytes: 4096, rounds: 1);
        Assert.Equal([4, 8, 16, 32], report.Bits.Select(b => b.Bits));
        Assert.All(report.Bits, b => Assert.Equal(0, b.Bytes));
        Assert.All(report.Bits, b => Assert.True(b.P50Us > 0 && b.P99Us >= b.P50Us, $"{b}"));
        Assert.Equal(["builtin", "ort"], report.Engines.Select(e => e.Engine));
        Assert.All(report.Engines, e => Assert.True(e.Bytes == 0 && e.P50Us > 0 && e.P99Us >= e.P50Us, $"{e}"));
        Assert.Equal((report.Bits[1].P99Us, 4096), (report.P99Us, report.TensorBytes));
    }
}
