using Microsoft.ML.OnnxRuntime;
using RlOffload.Inference.Profiling;
using RlOffload.Onnx;

namespace RlOffload.Tests.Inference.Profiling;

public sealed class LayerTimesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryNodeHasATimeAndConstantsHaveNone()
    {
        var model = OnnxModel.Load(new TestNetwork(_folder).ModelPath);
        model.Proto.Graph.Node.Add(RlOffload.Tests.Onnx.Graphs.Node("unused = Identity exit1.b"));
        var view = new GraphView(model);
        using var frame = OrtValue.CreateTensorValueFromMemory(new float[3 * 16 * 16], [1, 3, 16, 16]);

        var times = LayerTimes.Measure(view, [frame], 3, CancellationToken.None);

        for (var i = 0; i < view.Nodes.Count; i++)
            Assert.Equal(!view.IsConstantNode(i), times[i] > 0);
    }
}
