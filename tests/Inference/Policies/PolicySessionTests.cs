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
        Assert.Contains("policy.onnx:file: is no ONNX model", Refusal([1, 2, 3], policy), StringComparison.Ordinal);
        Assert.Contains("policy.onnx:file: is no ONNX model", Refusal(_network.Weights.Graph()[..500], policy), StringComparison.Ordinal);
        Assert.Contains("ONNX Runtime refuses it", Refusal(Changed(m => m.Graph.Node[0].OpType = "NoSuchOperator"), policy), StringComparison.Ordinal);
        Assert.Contains("input 'observation': is Single [1,", Refusal(_network.Weights.Graph(), policy with { Observation = [.. policy.Observation.Skip(1)] }), StringComparison.Ordinal);
        Assert.Contains("input 'prior': is missing", Refusal(_network.Weights.Graph(), policy with { Prior = new FrozenPrior(0, 0, 1) }), StringComparison.Ordinal);
    }

    [Fact]
    public void AGraphThatNamesOtherFilesNeverReachesTheRuntime() =>
        Assert.Contains("policy.onnx:data_location of tensor 'mean': is external", Refusal(Changed(m =>
        {
            m.Graph.Initializer[0].DataLocation = RlOffload.Onnx.Proto.TensorProto.Types.DataLocation.External;
            m.Graph.Initializer[0].ExternalData.Add(new RlOffload.Onnx.Proto.StringStringEntryProto { Key = "location", Value = "../../secret" });
        }), _network.Describe()), StringComparison.Ordinal);

    private byte[] Changed(Action<RlOffload.Onnx.Proto.ModelProto> change)
    {
        var model = RlOffload.Onnx.OnnxModel.Parse(_network.Weights.Graph(), "policy.onnx");
        change(model.Proto);
        return model.ToBytes();
    }

    private static string Refusal(byte[] graph, FrozenPolicy policy) =>
        Assert.Throws<InputException>(() => new PolicySession(graph, "policy.onnx", policy)).Message;
}
