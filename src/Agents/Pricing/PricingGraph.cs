using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Replay;
using RlOffload.Environment;
using RlOffload.Onnx;

namespace RlOffload.Agents.Pricing;

/// <summary>
/// A <see cref="PlanPricing"/> as an ONNX graph that decides on raw observations by itself: inputs observation [1, n] and mask [1, A] (1 valid, 0
/// not), both float32; output logits [1, A], the plans' values, invalid ones at exactly <see cref="ActionMask.Forbidden"/>.
/// </summary>
internal static class PricingGraph
{
    /// <param name="margin">As in <see cref="PricingPolicy"/>.</param>
    public static OnnxModel Of(PlanPricing pricing, double margin = 0) => Of(pricing.Network, pricing.Normaliser, pricing.Actions, pricing.Start, pricing.Leaning, margin);

    /// <param name="network">Normalised own state to prices of the plans' features.</param>
    /// <param name="start">[1, K], what is added to them; null for nothing.</param>
    /// <param name="leaning">Beside the network; null for none.</param>
    /// <param name="margin">Of the planner whose prices are the start; 0 without one.</param>
    public static OnnxModel Of(Mlp network, RunningNormaliser normaliser, int plans, Matrix? start, Mlp? leaning = null, double margin = 0)
    {
        var (own, features) = (network.Inputs, PlanFeatures.Count);
        var g = new Graph();
        var observation = g.Input("observation", Matrix.Zeros(1, own + plans * features));
        var mask = g.Input("mask", Matrix.Zeros(1, plans));
        Tensor Part(string name, int from, int rows, int columns) =>
            observation.PickColumns(g.Parameter(name, Counting(from, rows * columns))).Reshape(rows, columns);
        var state = normaliser.Lower(g, Part("own", 0, 1, own));
        var prices = Network.Of(g, "policy", network).Forward(state);
        if (leaning is not null)
            prices += Network.Of(g, "leaning", leaning).Forward(state);
        var planner = start is { } added ? g.Parameter("start", added) : null;
        if (planner is not null)
            prices += planner;
        var phi = Part("plans", own, plans, features);
        var values = Values(prices, phi);
        if (margin > 0 && planner is not null)
            values += PlannerMargin.Lower(margin, Values(planner, phi), mask);
        g.Output("logits", ActionMask.Lower(mask, values));
        return OnnxLowering.Of(g, "policy", frozen: true);
    }

    /// <summary>prices [B, K] . phi [B A, K], the plans of a state one after the other: [B, A]</summary>
    public static Tensor Values(Tensor prices, Tensor phi)
    {
        var plans = phi.Rows / prices.Rows;
        return (phi * prices.RepeatRows(plans)).SumColumns().Reshape(prices.Rows, plans);
    }

    /// <summary>[count, 1]: from, from + 1, ...</summary>
    private static Matrix Counting(int from, int count)
    {
        var numbers = Matrix.Zeros(count, 1);
        for (var i = 0; i < count; i++)
            numbers.Row(i)[0] = from + i;
        return numbers;
    }
}
