using System.Runtime.InteropServices;
using Google.Protobuf;
using RlOffload.Agents.Learning;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Agents.Sac;

/// <summary>
/// An actor as an ONNX graph that decides on raw observations by itself: inputs observation [1, n], mask [1, A] (1 valid, 0 not) and, for
/// an agent with a prior, prior [1, A], all float32; output logits [1, A], invalid actions at exactly
/// <see cref="ActionMask.Forbidden"/>. The decision is the arg max, as in <see cref="DiscreteSac.Act"/>.
/// </summary>
public static class PolicyGraph
{
    private const int OperatorSet = 17;
    private const int IrVersion = 8;

    public static OnnxModel Of(DiscreteSac agent)
    {
        var graph = new GraphProto { Name = "policy" };
        graph.Input.Add(TensorTypes.Info("observation", DataType.Float, [1, agent.Observations]));
        graph.Input.Add(TensorTypes.Info("mask", DataType.Float, [1, agent.Actions]));
        graph.Output.Add(TensorTypes.Info("logits", DataType.Float, [1, agent.Actions]));

        var x = Normalise(graph, agent.Normaliser);
        x = Perceptron(graph, agent.Actor, x);
        if (agent.Options.UsePrior)
        {
            graph.Input.Add(TensorTypes.Info("prior", DataType.Float, [1, agent.Actions]));
            x = Node(graph, "Add", "with_prior", x, "prior");
        }
        var valid = Node(graph, "Greater", "valid", "mask", Constant(graph, "half", [], [0.5f]));
        Node(graph, "Where", "logits", valid, x, Constant(graph, "forbidden", [], [ActionMask.Forbidden]));

        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "rloffload", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OperatorSet });
        return new OnnxModel(model, "policy");
    }

    /// <summary>clip((observation - mean) / std)</summary>
    private static string Normalise(GraphProto graph, RunningNormaliser normaliser)
    {
        var n = normaliser.Mean.Length;
        var centred = Node(graph, "Sub", "centred", "observation", Constant(graph, "mean", [1, n], normaliser.Mean));
        var scaled = Node(graph, "Div", "scaled", centred, Constant(graph, "std", [1, n], normaliser.Std));
        var lowest = Constant(graph, "lowest", [], [-normaliser.Clip]);
        return Node(graph, "Clip", "normalised", scaled, lowest, Constant(graph, "highest", [], [normaliser.Clip]));
    }

    private static string Perceptron(GraphProto graph, Mlp actor, string x)
    {
        for (var i = 0; i < actor.Layers.Count; i++)
        {
            var (weight, bias) = actor.Layers[i];
            var w = Constant(graph, $"weight{i}", [weight.Rows, weight.Columns], Unpadded(weight));
            var b = Constant(graph, $"bias{i}", [bias.Columns], bias.Row(0));
            x = Node(graph, "Gemm", $"affine{i}", x, w, b);
            if (i + 1 < actor.Layers.Count)
                x = Node(graph, "Relu", $"hidden{i}", x);
        }
        return x;
    }

    private static float[] Unpadded(Matrix matrix)
    {
        var values = new float[matrix.Rows * matrix.Columns];
        for (var row = 0; row < matrix.Rows; row++)
            matrix.Row(row).CopyTo(values.AsSpan(row * matrix.Columns));
        return values;
    }

    private static string Node(GraphProto graph, string type, string output, params string[] inputs)
    {
        graph.Node.Add(new NodeProto { OpType = type, Name = output, Input = { inputs }, Output = { output } });
        return output;
    }

    private static string Constant(GraphProto graph, string name, long[] shape, ReadOnlySpan<float> values)
    {
        var raw = ByteString.CopyFrom(MemoryMarshal.AsBytes(values));
        graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)DataType.Float, Dims = { shape }, RawData = raw });
        return name;
    }
}
