using RlOffload.Agents.Engine;
using RlOffload.Agents.Replay;
using RlOffload.Onnx;

namespace RlOffload.Agents.Learning;

/// <summary>
/// A perceptron as an ONNX graph that decides on raw observations by itself: inputs observation [1, n], mask [1, A] (1 valid, 0 not) and, where there is
/// one, prior [1, A], all float32; output logits [1, A], invalid actions at exactly <see cref="ActionMask.Forbidden"/>. The decision is the arg max.
/// </summary>
public static class PolicyGraph
{
    public static OnnxModel Of(Mlp network, RunningNormaliser normaliser, bool prior)
    {
        var g = new Graph();
        var s = normaliser.Lower(g, g.Input("observation", Matrix.Zeros(1, network.Inputs)));
        var mask = g.Input("mask", Matrix.Zeros(1, network.Outputs));
        var logits = Network.Of(g, "policy", network).Forward(s);
        if (prior)
            logits += g.Input("prior", Matrix.Zeros(1, network.Outputs));
        g.Output("logits", ActionMask.Lower(mask, logits));
        return OnnxLowering.Of(g, "policy", frozen: true);
    }
}
