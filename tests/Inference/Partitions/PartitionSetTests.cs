using RlOffload.Environment;
using RlOffload.Inference.Partitions;

namespace RlOffload.Tests.Inference.Partitions;

public sealed class PartitionSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ADeviceNeedsHeadsWholesAndBranchesAndAServerTails()
    {
        var network = new TestNetwork(_folder);
        Assert.Equal(
            ["Head -1 0", "Head -1 1", "Head -1 2", "Tail 0 1", "Tail 1 1", "Tail 1 2", "Whole 0 0", "Whole 1 0"],
            PartitionSet.DeviceParts(network.Model()).Select(p => $"{p.Kind} {p.Exit} {p.Cut}").Order(StringComparer.Ordinal));
        Assert.Equal(
            ["Tail 0 1", "Tail 1 1", "Tail 1 2", "Whole 0 0", "Whole 1 0"],
            PartitionSet.ServerParts(network.Model().Table.Plans).Select(p => $"{p.Kind} {p.Exit} {p.Cut}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AnotherModelThanTheProfilesIsRefused()
    {
        var network = new TestNetwork(_folder);
        var other = network.Profile with { Model = network.Profile.Model with { Sha256 = new string('0', 64) } };
        Assert.Contains("sha256", Assert.Throws<InputException>(() => new PartitionSet(network.ModelPath, other)).Message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => new PartitionSet(_folder.At("absent.onnx"), network.Profile));
    }
}
