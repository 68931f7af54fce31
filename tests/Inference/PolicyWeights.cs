using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Tests.Inference;

/// <summary>
/// A policy network of random weights, once as an ONNX graph and once as plain loops: normaliser (subtract, divide, clip), two layers, and a mask
/// that adds -1e9 to what it forbids. The loops play the trained network that a golden vector is recorded from.
/// </summary>
internal sealed class PolicyWeights
{
    private const int Hidden = 24;
    private const float Clip = 10;

    private readonly GraphProto _graph = new() { Name = "policy" };
    private readonly int _inputs, _plans;

    public PolicyWeights(Rng rng, CostModel model)
    {
        (_inputs, _plans) = (new ObservationLayout(model).Size, model.Count);
        TestNetwork.Weight(_graph, ref rng, "mean", [_inputs], 0.5);
        TestNetwork.Weight(_graph, ref rng, "w1", [_inputs, Hidden], 1 / Math.Sqrt(_inputs));
        TestNetwork.Weight(_graph, ref rng, "b1", [Hidden], 0.1);
        TestNetwork.Weight(_graph, ref rng, "w2", [Hidden, _plans], 1 / Math.Sqrt(Hidden));
        TestNetwork.Weight(_graph, ref rng, "b2", [_plans], 0.1);
        Constant("low", -Clip);
        Constant("high", Clip);
        Constant("one", 1);
        Constant("far", 1e9f);
        _graph.Input.Add(TensorTypes.Info("observation", DataType.Float, [1, _inputs]));
        _graph.Input.Add(TensorTypes.Info("mask", DataType.Float, [1, _plans]));
        _graph.Output.Add(TensorTypes.Info("logits", DataType.Float, [1, _plans]));
        foreach (var (op, to, from) in new[]
        {
            ("Sub", "centred", "observation,mean"), ("Clip", "clipped", "centred,low,high"), ("MatMul", "m1", "clipped,w1"), ("Add", "a1", "m1,b1"), ("Relu", "h", "a1"),
            ("MatMul", "m2", "h,w2"), ("Add", "a2", "m2,b2"), ("Sub", "closed", "mask,one"), ("Mul", "away", "closed,far"), ("Add", "logits", "a2,away"),
        })
        {
            var node = new NodeProto { OpType = op, Output = { to } };
            node.Input.Add(from.Split(','));
            _graph.Node.Add(node);
        }
    }

    public byte[] Graph() => TestNetwork.Wrap(_graph, "policy.onnx").ToBytes();

    /// <summary>The graph with every weight of a tensor moved.</summary>
    public byte[] Graph(string tensor, float shift)
    {
        var changed = _graph.Clone();
        var weights = changed.Initializer.Single(t => t.Name == tensor).FloatData;
        for (var i = 0; i < weights.Count; i++)
            weights[i] += shift;
        return TestNetwork.Wrap(changed, "policy.onnx").ToBytes();
    }

    public float[] Logits(float[] observation, bool[] mask)
    {
        float[] Data(string name) => [.. _graph.Initializer.Single(t => t.Name == name).FloatData];
        var (mean, w1, b1, w2, b2) = (Data("mean"), Data("w1"), Data("b1"), Data("w2"), Data("b2"));
        var hidden = Enumerable.Range(0, Hidden).Select(h =>
            Math.Max(0, b1[h] + Enumerable.Range(0, _inputs).Sum(i => (double)Math.Clamp(observation[i] - mean[i], -Clip, Clip) * w1[i * Hidden + h]))).ToArray();
        return [.. Enumerable.Range(0, _plans).Select(p => mask[p] ? (float)(b2[p] + Enumerable.Range(0, Hidden).Sum(h => hidden[h] * w2[h * _plans + p])) : -1e9f)];
    }

    public static int Best(float[] logits) => Array.IndexOf(logits, logits.Max());

    private void Constant(string name, float value) =>
        _graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)DataType.Float, FloatData = { value } });
}
