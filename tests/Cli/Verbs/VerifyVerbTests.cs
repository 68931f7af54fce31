using System.Text.Json.Nodes;
using RlOffload.Inference.Policies;
using RlOffload.Tests.Inference;

namespace RlOffload.Tests.Cli.Verbs;

public sealed class VerifyVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestNetwork _network;

    public VerifyVerbTests()
    {
        _network = new TestNetwork(_folder);
        _network.WritePolicy();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ExitCodesTellVerifiedFailedAndRefusedApart()
    {
        var (exit, output, errors) = CommandLine.Run("verify", _network.PolicyPath, "--json", _folder.At("report.json"));
        Assert.True(exit == 0, errors);
        Assert.Contains("20 golden vectors", output, StringComparison.Ordinal);
        Assert.Equal(20, (int)JsonNode.Parse(File.ReadAllText(_folder.At("report.json")))!["vectors"]!);

        File.WriteAllBytes(Path.Combine(_network.PolicyPath, FrozenPolicyFile.Graph), _network.Weights.Graph("b2", 0.01f));
        (exit, output, _) = CommandLine.Run("verify", _network.PolicyPath);
        Assert.Equal(1, exit);
        Assert.Contains("golden[0].logits", output.ReplaceLineEndings(""), StringComparison.Ordinal);

        File.WriteAllText(_network.ModelPath, "another model");
        (exit, _, errors) = CommandLine.Run("verify", _network.PolicyPath);
        Assert.Equal(2, exit);
        Assert.Contains("model.sha256", errors, StringComparison.Ordinal);

        (exit, _, errors) = CommandLine.Run("verify", _folder.Root);
        Assert.Equal(2, exit);
        Assert.Contains("policy.json: is not there", errors, StringComparison.Ordinal);
    }
}
