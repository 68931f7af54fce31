using System.Text.Json.Nodes;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Policies;

namespace RlOffload.Tests.Inference.Policies;

public sealed class FrozenPolicyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestNetwork _network;

    public FrozenPolicyFileTests()
    {
        _network = new TestNetwork(_folder, scenario: null);
        _network.WritePolicy();
    }

    public void Dispose() => _folder.Dispose();

    private string Description => Path.Combine(_network.PolicyPath, FrozenPolicyFile.Description);

    [Fact]
    public void WhatIsReadIsWhatWasWritten()
    {
        var written = File.ReadAllText(Description);
        var policy = FrozenPolicyFile.Read(_network.PolicyPath);
        Assert.Equal(_network.Scenario, policy.Scenario);
        Assert.Equal(double.PositiveInfinity, policy.Scenario.Device.MemoryBytes);
        Assert.Equal(_network.Model().Table.Plans.Plans, policy.Table().Plans);
        FrozenPolicyFile.Write(_network.PolicyPath, policy, FrozenPolicyFile.ReadGraph(_network.PolicyPath));
        Assert.Equal(written, File.ReadAllText(Description));
    }

    [Theory]
    [InlineData("golden", "is missing|JSON deserialization", "remove")]
    [InlineData("format", "format: is 7, allowed is 1", "7")]
    [InlineData("plans_sha256", "plan table was changed", "\"00\"")]
    [InlineData("plans[1].bits", "but kind, exit, cut and bits say", "3")]
    [InlineData("plans[0].kind", "is no frozen policy", "\"nonsense\"")]
    [InlineData("golden[3].plan", "allowed is a plan that the mask allows", "999")]
    [InlineData("golden[3].mask", "allowed is '0' or '1'", "\"01x\"")]
    [InlineData("golden[3].observation", "has 2 numbers", "[1, 2]")]
    [InlineData("golden[3].logits[0]", "NaN or an infinity", "\"NaN\"")]
    [InlineData("scenario.device.time_factor", "is no frozen policy", "\"fast\"")]
    [InlineData("plans[0]", "a list holds a null", "null")]
    [InlineData("golden[2]", "a list holds a null", "null")]
    [InlineData("observation[1]", "without name or unit", "{}")]
    [InlineData("observation[1].name", "is no frozen policy|without name or unit", "null")]
    [InlineData("scenario.device.clocks", "a list holds a null", "[null]")]
    [InlineData("surprise", "is no frozen policy", "1")]
    public void AFileThatContradictsItselfIsRefusedByKey(string key, string reason, string value)
    {
        Change(Description, key, value);
        var refusal = Assert.Throws<InputException>(() => FrozenPolicyFile.Read(_network.PolicyPath));
        Assert.All(refusal.Problems, p => Assert.StartsWith(Description + ":", p, StringComparison.Ordinal));
        Assert.Contains(refusal.Problems, p => reason.Split('|').Any(p.Contains));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1,2]")]
    [InlineData("{\"format\":1}")]
    [InlineData("\u0000\u0001\u0002")]
    public void GarbageIsRefused(string text)
    {
        File.WriteAllText(Description, text);
        var refusal = Assert.Throws<InputException>(() => FrozenPolicyFile.Read(_network.PolicyPath));
        Assert.StartsWith(Description + ":", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void APolicyThatDoesNotAnswerItsGoldenVectorsIsNotWritten()
    {
        var before = File.ReadAllText(Description);
        var refusal = Assert.Throws<InputException>(() => FrozenPolicyFile.Write(_network.PolicyPath, _network.Describe(), _network.Weights.Graph("b2", 0.01f)));
        Assert.Contains("golden[0].logits", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(Description));
        Assert.Empty(Directory.GetFiles(_network.PolicyPath, "*.partial"));
    }

    [Fact]
    public void FewerThanSixteenGoldenVectorsAreRefused()
    {
        var policy = _network.Describe();
        var refusal = Assert.Throws<InputException>(() => FrozenPolicyFile.Write(_network.PolicyPath, policy with { Golden = [.. policy.Golden.Take(15)] }, _network.Weights.Graph()));
        Assert.Contains("golden: has 15 vectors, allowed is 16 or more", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatMovedIsFoundInsideTheFolder()
    {
        var moved = Path.Combine(_network.PolicyPath, "network.onnx");
        Assert.Equal(_network.ModelPath, FrozenPolicyFile.Find(_network.PolicyPath, "../network.onnx"));
        File.Move(_network.ModelPath, moved);
        Assert.Equal(moved, FrozenPolicyFile.Find(_network.PolicyPath, "../network.onnx"));
        File.Delete(moved);
        Assert.Null(FrozenPolicyFile.Find(_network.PolicyPath, "../network.onnx"));
        Assert.Null(FrozenPolicyFile.Find(_network.PolicyPath, "network\0.onnx"));
    }

    /// <summary>Sets one key of a JSON file, such as "plans[1].bits", to a JSON value, or removes it.</summary>
    internal static void Change(string path, string key, string value)
    {
        var root = JsonNode.Parse(File.ReadAllText(path))!;
        JsonNode at = root;
        var steps = key.Replace("[", ".[", StringComparison.Ordinal).Split('.');
        foreach (var step in steps[..^1])
            at = step[0] == '[' ? at[int.Parse(step[1..^1])]! : at[step]!;
        if (value == "remove")
            at.AsObject().Remove(steps[^1]);
        else if (steps[^1][0] == '[')
            at[int.Parse(steps[^1][1..^1])] = JsonNode.Parse(value);
        else
            at[steps[^1]] = JsonNode.Parse(value);
        File.WriteAllText(path, root.ToJsonString());
    }
}
