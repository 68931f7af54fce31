using RlOffload.Inference.Policies;

namespace RlOffload.Tests.Inference.Policies;

public sealed class GoldenReplayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestNetwork _network;

    public GoldenReplayTests() => _network = new TestNetwork(_folder);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1.00001f, true)]
    [InlineData(1.0005f, false)]
    public void ALogitMayDifferByLessThanATenThousandthOfItself(float factor, bool passes)
    {
        var policy = _network.Describe();
        var golden = policy.Golden.ToArray();
        var logits = golden[7].Logits.ToArray();
        var p = golden[7].Mask.IndexOf('1');
        logits[p] *= factor;
        golden[7] = golden[7] with { Logits = logits };
        using var session = new PolicySession(_network.Weights.Graph(), "policy.onnx", policy);
        var report = GoldenReplay.Run(session, golden);
        Assert.Equal(passes, report.Problems.Count == 0);
        if (!passes)
            Assert.StartsWith($"golden[7].logits[{p}]:", Assert.Single(report.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherPlanFails()
    {
        var policy = _network.Describe();
        var golden = policy.Golden.ToArray();
        var other = Enumerable.Range(0, policy.Plans.Count).First(p => golden[2].Mask[p] == '1' && p != golden[2].Plan);
        golden[2] = golden[2] with { Plan = other };
        using var session = new PolicySession(_network.Weights.Graph(), "policy.onnx", policy);
        Assert.Contains($"recorded is {other}", Assert.Single(GoldenReplay.Run(session, golden).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void AGraphThatIgnoresTheMaskFails()
    {
        using var session = new PolicySession(_network.Weights.Graph("far", -1e9f), "policy.onnx", _network.Describe());
        Assert.Contains(GoldenReplay.Run(session, _network.Describe().Golden).Problems, p => p.Contains("the mask forbids", StringComparison.Ordinal));
    }
}
