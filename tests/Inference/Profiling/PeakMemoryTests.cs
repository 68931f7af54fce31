using System.Globalization;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Profiling;
using RlOffload.Onnx;
using RlOffload.Tests.Onnx;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Tests.Inference.Profiling;

public class PeakMemoryTests
{
    [Fact]
    public void TheLargestSumOfLiveTensorsCountsBesideTheWeightsRead() =>
        // Weights 4 + 8; input 100 stays; while b is made: 100 + 400 + 40; while c: 100 + 40 + 4.
        Assert.Equal(12 + 540, Of("c", "x:100 a:400 b:40 c:4 w:4 u:8", "a = Conv x,w", "b = Conv a,u", "c = Conv b,u"));

    [Fact]
    public void AHeadCountsOnlyItsOwnNodes() =>
        Assert.Equal(4 + 500, Of("a", "x:100 a:400 b:40 w:4 u:8", "a = Conv x,w", "b = Conv a,u"));

    [Fact]
    public void ATensorStaysUntilItsLastReader() =>
        // While c is made: x 100, a (for the sum) 400, b 40, c 40.
        Assert.Equal(580, Of("d", "x:100 a:400 b:40 c:40 d:4", "a = Conv x", "b = Conv a", "c = Conv b", "d = Concat a,c"));

    [Fact]
    public void ElementWiseNodesOverwriteWhatNobodyElseNeeds()
    {
        Assert.Equal(500, Of("b", "x:100 a:400 b:400", "a = Conv x", "b = Relu a"));
        Assert.Equal(904, Of("c", "x:100 a:400 b:400 c:4", "a = Conv x", "b = Relu a", "c = Concat a,b"));
        Assert.Equal(200, Of("a", "x:100 a:100", "a = Relu x"));
    }

    [Fact]
    public void AViewTakesNoMemoryOfItsOwnButKeepsWhatItViews() =>
        Assert.Equal(540, Of("c", "x:100 a:400 b:400 c:40", "a = Conv x", "b = Reshape a", "c = Conv b"));

    [DataFact("models/cifar10/cifar10_resnet_2b.onnx")]
    public void ActivationsArePlannedAsOnnxRuntimePlansThem()
    {
        var graph = new GraphView(OnnxModel.Load(SharedData.At("models/cifar10/cifar10_resnet_2b.onnx")));
        var weights = graph.Initialisers.Values.Sum(TensorTypes.Bytes);
        var input = 3 * 32 * 32 * 4;

        var own = PeakMemory.OfHead(graph, [graph.Outputs[0].Name], TensorProbe.Find(graph, null));

        Assert.Equal(PeakActivationByOnnxRuntime(graph.Model), own - weights - input);
    }

    /// <summary>Most bytes that nodes had asked the arena for, less what is asked for when only the last node's tensors are left.</summary>
    private static long PeakActivationByOnnxRuntime(OnnxModel model)
    {
        using var folder = new TemporaryFolder();
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
            IntraOpNumThreads = 1,
            EnableMemoryPattern = false,
            EnableProfiling = true,
            ProfileOutputPathPrefix = folder.At("run"),
        };
        using var session = new InferenceSession(model.ToBytes(), options);
        using var image = OrtValue.CreateTensorValueFromMemory(new float[3 * 32 * 32], [1, 3, 32, 32]);
        using var run = new RunOptions();
        session.Run(run, session.InputNames, [image], session.OutputNames).Dispose();
        using var report = JsonDocument.Parse(File.ReadAllBytes(session.EndProfiling()));
        var nodes = report.RootElement.EnumerateArray()
            .Where(e => e.TryGetProperty("name", out var name) && name.GetString()!.EndsWith("_kernel_time", StringComparison.Ordinal))
            .Select(e => e.GetProperty("args")).ToList();
        static long Value(JsonElement node, string key) => long.Parse(node.GetProperty(key).GetString()!, CultureInfo.InvariantCulture);
        var idle = Value(nodes[^1], "mem_bytes_requested_in_use") - Value(nodes[^1], "activation_size") - Value(nodes[^1], "output_size");
        return nodes.Max(n => Value(n, "mem_bytes_requested_in_use")) - idle;
    }

    private static long Of(string output, string sizes, params string[] nodes)
    {
        var tensors = sizes.Split(' ').Select(s => s.Split(':')).ToDictionary(s => s[0], s => new TensorInfo(DataType.Uint8, [long.Parse(s[1])]));
        var weights = string.Join(',', tensors.Keys.Where(k => k is "w" or "u"));
        return PeakMemory.OfHead(new GraphView(Graphs.Make("x", output, weights, nodes)), [output], tensors);
    }
}
