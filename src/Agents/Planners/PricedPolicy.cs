using System.Runtime.InteropServices;
using Google.Protobuf;
using RlOffload.Environment;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Agents.Planners;

/// <summary>
/// The planner 'priced' as a policy that can be deployed like an agent's: its scores are what a device computes as a prior, and the graph only
/// takes out what the mask forbids. Without budgets, whose prices move with their debts.
/// </summary>
public sealed class PricedPolicy(AgentView view, StationPrices prices) : ILearnedPolicy
{
    /// <summary>Logit of a plan that the mask forbids, as in an agent's graph.</summary>
    private const float Forbidden = -1e9f;

    private readonly float[] _scores = new float[view.Actions];

    public StationPrices Prices { get; private set; } = prices;

    private PlannerPrior Prior => new(Prices.Device, Prices.Uplink, Weight: 1);

    public int Decide(Observation known, ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask)
    {
        Prior.Write(view, known, _scores);
        var best = mask.IndexOf(true);
        for (var i = best + 1; i < _scores.Length; i++)
            if (mask[i] && _scores[i] > _scores[best])
                best = i;
        return best;
    }

    public ILearnedPolicy Copy() => new PricedPolicy(view, Prices);

    public FrozenGraph Freeze() => new(Graph(), (_, mask, prior, logits) =>
    {
        for (var i = 0; i < logits.Length; i++)
            logits[i] = mask[i] ? prior[i] : Forbidden;
    }, Prior);

    public void Save(BinaryWriter writer)
    {
        writer.Write(Prices.Device);
        writer.Write(Prices.Uplink);
    }

    public void Load(BinaryReader reader, string file) => Prices = new StationPrices(reader.ReadDouble(), reader.ReadDouble());

    private OnnxModel Graph()
    {
        var graph = new GraphProto { Name = "policy" };
        graph.Input.Add(TensorTypes.Info("observation", DataType.Float, [1, view.Size]));
        foreach (var input in new[] { "mask", "prior" })
            graph.Input.Add(TensorTypes.Info(input, DataType.Float, [1, view.Actions]));
        graph.Output.Add(TensorTypes.Info("logits", DataType.Float, [1, view.Actions]));
        foreach (var (name, value) in new[] { ("half", 0.5f), ("forbidden", Forbidden) })
            graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)DataType.Float, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>([value])) });
        graph.Node.Add(new NodeProto { OpType = "Greater", Name = "valid", Input = { "mask", "half" }, Output = { "valid" } });
        graph.Node.Add(new NodeProto { OpType = "Where", Name = "logits", Input = { "valid", "prior", "forbidden" }, Output = { "logits" } });
        var model = new ModelProto { IrVersion = 8, ProducerName = "rloffload", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        return new OnnxModel(model, "policy");
    }
}
