using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Policies;

namespace RlOffload.Tests.Inference.Policies;

public sealed class PolicyVerificationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestNetwork _network;

    public PolicyVerificationTests()
    {
        _network = new TestNetwork(_folder);
        _network.WritePolicy();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnUntouchedFolderPassesAndItsModelAndProfileAreFound()
    {
        var report = PolicyVerification.Run(_network.PolicyPath);
        Assert.True(report.Passed);
        Assert.Equal(20, report.Vectors);
        Assert.Empty(report.Warnings);
        Assert.All(report.Notes, n => Assert.StartsWith("compared with the ", n, StringComparison.Ordinal));
    }

    [Fact]
    public void AGraphOfOtherWeightsFails()
    {
        File.WriteAllBytes(Path.Combine(_network.PolicyPath, FrozenPolicyFile.Graph), _network.Weights.Graph("w2", 0.3f));
        var report = PolicyVerification.Run(_network.PolicyPath);
        Assert.False(report.Passed);
        Assert.Contains(report.Failures, f => f.Contains("golden[0]", StringComparison.Ordinal));
        Assert.Contains(report.Failures, f => f.Contains("graph_sha256", StringComparison.Ordinal));
    }

    [Fact]
    public void AnotherModelFileOrProfileIsRefused()
    {
        var other = _folder.Write("other.onnx", "not the model");
        Assert.Contains("model.sha256", Assert.Throws<InputException>(() => PolicyVerification.Run(_network.PolicyPath, model: other)).Message, StringComparison.Ordinal);
        ProfileFile.Write(_network.Profile with { Model = _network.Profile.Model with { Sha256 = "00" } }, _folder.At("other.json"));
        Assert.Contains("model.sha256", Assert.Throws<InputException>(() => PolicyVerification.Run(_network.PolicyPath, profile: _folder.At("other.json"))).Message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => PolicyVerification.Run(_network.PolicyPath, model: _folder.At("absent.onnx")));
    }

    [Fact]
    public void OtherTimesAreWarnedOf()
    {
        var p = _network.Profile;
        ProfileFile.Write(p with { Machine = p.Machine with { Cpu = "another" } }, _folder.At("other.json"));
        var report = PolicyVerification.Run(_network.PolicyPath, profile: _folder.At("other.json"));
        Assert.True(report.Passed);
        Assert.Contains("times", Assert.Single(report.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void WhereModelAndProfileAreGoneTheReportSaysSo()
    {
        File.Delete(_network.ModelPath);
        File.Delete(_network.ProfilePath);
        var report = PolicyVerification.Run(_network.PolicyPath);
        Assert.True(report.Passed);
        Assert.Equal(2, report.Notes.Count(n => n.Contains("is not there", StringComparison.Ordinal)));
    }
}
