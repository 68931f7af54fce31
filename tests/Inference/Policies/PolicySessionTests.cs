using RlOffload.Environment;
using RlOffload.Inference.Policies;

namespace RlOffload.Tests.Inference.Policies;

public sealed class PolicySessionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestNetwork _network;

    public PolicySessionTests() => _network = new TestNetwork(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheGraphAnswersWhatThePlainLoopsAnswer()
    {
        using var session = new PolicySession(_network.Weights.Graph(), "policy.onnx", _network.Describe());
        var report = GoldenReplay.Run(session, _network.Describe().Golden);
        Assert.Equal(20, report.Vectors);
        Assert.Empty(report.Problems);
        Assert.InRange(report.WorstError, 0, 0.5);
    }

    [Fact]
    public void AGraphThatIsNoneOrOfAnotherShapeIsRefused()
    {
        var policy = _network.Describe();
        Assert.Contains("ONNX Runtime refuses it", Refusal([1, 2, 3], policy), StringComparison.Ordinal);
        Assert.Contains("ONNX Runtime refuses it", Refusal(_network.Weights.Graph()[..500], policy), StringComparison.Ordinal);
        Assert.Contains("input 'observation': is Single [1,", Refusal(_network.Weights.Graph(), policy with { Observation = [.. policy.Observation.Skip(1)] }), StringComparison.Ordinal);
        Assert.Contains("input 'prior': is missing", Refusal(_network.Weights.Graph(), policy with { Prior = new FrozenPrior(0, 0, 1) }), StringComparison.Ordinal);
    }

    private static string Refusal(byte[] graph, FrozenPolicy policy) =>
        Assert.Throws<InputException>(() => new PolicySession(graph, "policy.onnx", policy)).Message;
}
