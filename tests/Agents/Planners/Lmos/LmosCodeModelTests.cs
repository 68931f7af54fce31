using RlOffload.Agents.Planners;

namespace RlOffload.Tests.Agents.Planners;

/// <summary>Golden numbers: the authors' code run with its shipped settings, and with the named ones changed.</summary>
public sealed class LmosCodeModelTests
{
    private static readonly LmosCodeModel Shipped = new();
    private static readonly LmosCodeModel Other =
        new(Layers: 32, KernelWidth: 3, KernelHeight: 3, MemoryMb: 1024, ServerCores: 4, ServerMhz: 2800, Bandwidth: 1000);

    [Fact]
    public void TheShippedSettingsSplitAt21And23()
    {
        Assert.Equal(21, Shipped.Choose());
        Assert.Equal(0.0013891667, Shipped.Latency(21, 10), 10);
        Assert.Equal(1.2404, Shipped.Memory(21), 10);
    }

    [Fact]
    public void TheShippedSettingsAreFastestAt7And37()
    {
        Assert.Equal(7, Shipped.Fastest());
        Assert.Equal(7, Shipped.Fastest(capped: true));
        Assert.Equal(0.0008595, Shipped.Latency(7, 10), 7);
        Assert.Equal(0.0476, Shipped.Memory(7), 10);
        Assert.Equal(1.62, Shipped.Latency(Shipped.Choose(), 10) / Shipped.Latency(Shipped.Fastest(), 10), 2);
    }

    [Theory]
    [InlineData(0.1, 16, 21)]
    [InlineData(100, 16, 22)]
    [InlineData(10, 1, 9)]
    [InlineData(10, 4, 13)]
    [InlineData(10, 64, 35)]
    [InlineData(10, 256, 42)]
    public void BandwidthAndMemoryMoveTheSplit(double bandwidth, double memory, int x1) =>
        Assert.Equal(x1, (Shipped with { Bandwidth = bandwidth, MemoryMb = memory }).Choose());

    [Fact]
    public void LatenciesOfTheChangedSettings()
    {
        var fast = Shipped with { Bandwidth = 100 };
        Assert.Equal(0.000682, fast.Latency(fast.Choose(), 100), 6);
        Assert.Equal(14, fast.Fastest());
        Assert.Equal(0.00047987, fast.Latency(14, 100), 8);
        Assert.Equal(0.00087037, Shipped.Latency(9, 10), 8);
    }

    [Fact]
    public void AnotherNetworkAndServer()
    {
        Assert.Equal(30, Other.Choose());
        Assert.Equal(11, Other.Fastest());
        Assert.Equal(11, Other.Fastest(capped: true));
        Assert.Equal(1.57755e-05, Other.Latency(11, 1000), 10);
        Assert.Equal(0.016236, Other.Memory(11), 10);
    }

    [Fact]
    public void TheClosedFormOfMemoryIsTheSumOverLayers()
    {
        for (var n = 1; n <= 100; n++)
        {
            var weights = Enumerable.Range(1, n - 1).Sum(i => (double)(n - i) * (n - i + 1) * 15) + n * 15;
            Assert.Equal(weights * 32 * 1.25e-7, new LmosCodeModel(KernelWidth: 3, KernelHeight: 5).Memory(n), 1e-12 * weights);
        }
    }
}
