using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Agents.Planners;

/// <summary>
/// Fits a network's softmax to labels by cross-entropy, minibatch by minibatch, with Adam. Deterministic: the same network, samples and
/// generator give the same bits.
/// </summary>
internal sealed class PlanLearner
{
    private readonly Matrix _inputs, _labels;
    private readonly Adam _adam;
    private readonly Executor _engine;

    public PlanLearner(Mlp network, int batch, double learningRate)
    {
        (_inputs, _labels) = (Matrix.Zeros(batch, network.Inputs), Matrix.Zeros(batch, network.Outputs));
        _adam = new Adam(network.Parameters, learningRate, 1e-8);
        var g = new Graph();
        var net = Network.Of(g, "network", network);
        var loss = -(g.Input("label", _labels) * net.Forward(g.Input("x", _inputs)).LogSoftmax()).SumColumns().Mean();   // - log softmax(x)[label]
        _adam.Step(g, "network", net, Gradients.Of(loss, net.Weights));
        _engine = new Executor(g);
    }

    /// <summary>One step on as many samples as a batch has, each drawn from <paramref name="among"/> with replacement.</summary>
    /// <param name="samples">[n, inputs].</param>
    /// <param name="labels">The output that is right for each row.</param>
    /// <param name="among">Rows that may be drawn, each as often as it is listed.</param>
    public void Step(in Matrix samples, ReadOnlySpan<int> labels, ReadOnlySpan<int> among, ref Rng rng)
    {
        _labels.Span.Clear();
        for (var b = 0; b < _inputs.Rows; b++)
        {
            var row = among[rng.NextInt(among.Length)];
            samples.Row(row).CopyTo(_inputs.Row(b));
            _labels.Row(b)[labels[row]] = 1;
        }
        _adam.Advance();
        _engine.Run();
    }
}
