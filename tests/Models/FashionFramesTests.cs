using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using RlOffload.Inference.Images;

namespace RlOffload.Tests.Models;

/// <summary>The shipped network, its note and the frame generator agree: what PyTorch computed is what ONNX Runtime computes here.</summary>
public sealed class FashionFramesTests : IDisposable
{
    private const int BatchFrames = 50;

    private static readonly string[] Exits = ["exit1", "exit2", "exit3", "exit4", "exit5"];

    private readonly FrameSet _frames = FrameSet.Open(Repository.At("models/fashion-test-1000-images-idx3-ubyte.gz"));
    private readonly InferenceSession _session = new(Repository.At("models/fashion_frames.onnx"));
    private readonly JsonElement _note = JsonDocument.Parse(File.ReadAllText(Repository.At("models/fashion_frames.json"))).RootElement;

    public void Dispose() => _session.Dispose();

    [Fact]
    public void TheNetworkTakesOneFrameAndAnswersAtFiveExits()
    {
        Assert.Equal([-1, 3, 96, 96], _session.InputMetadata["frame"].Dimensions);
        Assert.Equal(Exits, _session.OutputMetadata.Keys);
        Assert.All(_session.OutputMetadata.Values, output => Assert.Equal([-1, 10], output.Dimensions));
    }

    [Fact]
    public void LogitsAreThoseOfTheNetworkThatWasTrained()
    {
        var golden = _note.GetProperty("golden").GetProperty("logits");
        var logits = Run(0, 2);
        for (var exit = 0; exit < Exits.Length; exit++)
        {
            var expected = golden.GetProperty(Exits[exit]).EnumerateArray().SelectMany(row => row.EnumerateArray().Select(v => v.GetSingle())).ToArray();
            Assert.Equal(20, expected.Length);
            for (var i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(expected[i] - logits[exit][i]) < 1e-3, $"{Exits[exit]}[{i}]: {logits[exit][i]}, trained {expected[i]}");
        }
    }

    [Fact]
    public void TheShippedItemsAreAnsweredAsWellAsTheNoteSays()
    {
        var right = new int[Exits.Length];
        for (var start = 0; start < _frames.Count; start += BatchFrames)
        {
            var logits = Run(start, BatchFrames);
            for (var exit = 0; exit < Exits.Length; exit++)
            {
                for (var i = 0; i < BatchFrames; i++)
                {
                    var answer = logits[exit].AsSpan(i * 10, 10);
                    if (System.Numerics.Tensors.TensorPrimitives.IndexOfMax(answer) == _frames.Label(start + i))
                        right[exit]++;
                }
            }
        }
        var noted = _note.GetProperty("other_accuracy");
        for (var exit = 0; exit < Exits.Length; exit++)
            Assert.Equal(noted.GetProperty(Exits[exit]).GetDouble(), right[exit] / (double)_frames.Count, tolerance: 0.002);
    }

    [Fact]
    public void TheDeepestExitIsGoodAndTheFirstIsClearlyWorseOnItemsThatAreNotShipped()
    {
        var accuracy = _note.GetProperty("accuracy");
        var first = accuracy.GetProperty("exit1").GetDouble();
        var last = accuracy.GetProperty("exit5").GetDouble();
        Assert.Equal([1000, 9999], _note.GetProperty("test_items").EnumerateArray().Select(item => item.GetInt32()));
        Assert.True(last >= 0.86 && last - first >= 0.10, $"first {first}, last {last}");
    }

    /// <summary>Logits [count, 10] of every exit.</summary>
    private float[][] Run(int start, int count)
    {
        var frame = new byte[FrameGenerator.FrameBytes];
        var input = new float[count * FrameGenerator.FrameBytes];
        for (var i = 0; i < count; i++)
        {
            _frames.Frame(start + i, frame);
            for (var at = 0; at < frame.Length; at++)
                input[i * frame.Length + at] = frame[at] / 255f;
        }
        using var value = OrtValue.CreateTensorValueFromMemory(input, [count, FrameGenerator.Channels, FrameGenerator.Side, FrameGenerator.Side]);
        using var options = new RunOptions();
        using var results = _session.Run(options, ["frame"], [value], Exits);
        return results.Select(result => result.GetTensorDataAsSpan<float>().ToArray()).ToArray();
    }
}
