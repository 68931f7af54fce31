using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Replay;
using RlOffload.Environment;
using RlOffload.Onnx;

namespace RlOffload.Agents.Planners;

/// <summary>
/// The planner 'priced' as a policy that can be deployed like an agent's: its scores are what a device computes as a prior, and the graph only
/// takes out what the mask forbids. Without budgets, whose prices move with their debts.
/// </summary>
public sealed class PricedPolicy(AgentView view, StationPrices prices) : ILearnedPolicy
{
    private readonly float[] _scores = new float[view.Actions];

    public StationPrices Prices { get; private set; } = prices;

    private PlannerPrior Prior => new(Prices.Device, Prices.Uplink, Weight: 1);

    public int Decide(Observation known, ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask)
    {
        Prior.Write(view, known, _scores);
        return Categorical.Best(_scores, mask);
    }

    public ILearnedPolicy Copy() => new PricedPolicy(view, Prices);

    public FrozenGraph Freeze() => new(Lowered(), (_, mask, prior, logits) =>
    {
        for (var i = 0; i < logits.Length; i++)
            logits[i] = mask[i] ? prior[i] : ActionMask.Forbidden;
    }, Prior);

    public void Save(BinaryWriter writer)
    {
        writer.Write(Prices.Device);
        writer.Write(Prices.Uplink);
    }

    public void Load(BinaryReader reader, string file) => Prices = new StationPrices(reader.ReadDouble(), reader.ReadDouble());

    private OnnxModel Lowered()
    {
        var g = new Graph();
        g.Input("observation", Matrix.Zeros(1, view.Size));
        var mask = g.Input("mask", Matrix.Zeros(1, view.Actions));
        g.Output("logits", ActionMask.Lower(mask, g.Input("prior", Matrix.Zeros(1, view.Actions))));
        return OnnxLowering.Of(g, "policy", frozen: true);
    }
}
