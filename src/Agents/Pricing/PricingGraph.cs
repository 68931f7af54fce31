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
    public static OnnxModel Of(PlanPricing pricing)
    {
        var (own, plans, features) = (pricing.State, pricing.Actions, PlanFeatures.Count);
        var g = new Graph();
        var observation = g.Input("observation", Matrix.Zeros(1, own + plans * features));
        var mask = g.Input("mask", Matrix.Zeros(1, plans));
        Tensor Part(string name, int from, int rows, int columns) =>
            observation.PickColumns(g.Parameter(name, Counting(from, rows * columns))).Reshape(rows, columns);
        var state = pricing.Normaliser.Lower(g, Part("own", 0, 1, own));
        var prices = Network.Of(g, "policy", pricing.Network).Forward(state) + g.Parameter("start", pricing.Start);
        var values = (Part("plans", own, plans, features) * prices).SumColumns().Reshape(1, plans);
        g.Output("logits", ActionMask.Lower(mask, values));
        return OnnxLowering.Of(g, "policy", frozen: true);
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
