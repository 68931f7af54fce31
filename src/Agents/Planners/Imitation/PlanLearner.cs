using RlOffload.Agents.Learning;
using RlOffload.Agents.Sac;
using RlOffload.Environment;

namespace RlOffload.Agents.Planners;

/// <summary>
/// Fits a network's softmax to labels by cross-entropy, minibatch by minibatch, with Adam. Deterministic: the same network, samples and
/// generator give the same bits.
/// </summary>
internal sealed class PlanLearner
{
    private readonly MlpPass _pass;
    private readonly Adam _adam;
    private readonly Mlp _network;
    private readonly Matrix _inputs, _open, _policy, _logPolicy;
    private readonly float[] _entropy;
    private readonly int[] _labels;

    public PlanLearner(Mlp network, int batch, double learningRate)
    {
        _network = network;
        int[] widths = [network.Inputs, batch, .. network.Layers.Select(l => l.Weight.Columns)];
        _pass = new MlpPass(network, batch, new VectorProduct(widths.Max()), backward: true);
        _adam = new Adam(network.Parameters.Flat.Length, learningRate, 1e-8);
        _inputs = Matrix.Zeros(batch, network.Inputs);
        (_open, _policy, _logPolicy) = (Matrix.Zeros(batch, network.Outputs), Matrix.Zeros(batch, network.Outputs), Matrix.Zeros(batch, network.Outputs));
        for (var b = 0; b < batch; b++)
            _open.PaddedRow(b)[network.Outputs..].Fill(MaskedSoftmax.Forbidden);
        _entropy = new float[batch];
        _labels = new int[batch];
    }

    /// <summary>One step on as many samples as a batch has, each drawn from <paramref name="among"/> with replacement.</summary>
    /// <param name="samples">[n, inputs].</param>
    /// <param name="labels">The output that is right for each row.</param>
    /// <param name="among">Rows that may be drawn, each as often as it is listed.</param>
    public void Step(in Matrix samples, ReadOnlySpan<int> labels, ReadOnlySpan<int> among, ref Rng rng)
    {
        for (var b = 0; b < _labels.Length; b++)
        {
            var row = among[rng.NextInt(among.Length)];
            samples.Row(row).CopyTo(_inputs.Row(b));
            _labels[b] = labels[row];
        }
        _pass.Forward(_inputs);
        MaskedSoftmax.Rows(_pass.Output, null, _open, _policy, _logPolicy, _entropy);
        // dL/dz = (pi - onehot) / batch
        var gradient = _pass.OutputGradient;
        for (var b = 0; b < _labels.Length; b++)
        {
            Span<float> to = gradient.Row(b), from = _policy.Row(b);
            for (var j = 0; j < to.Length; j++)
                to[j] = (from[j] - (j == _labels[b] ? 1 : 0)) / _labels.Length;
        }
        _pass.Backward();
        _adam.Step(_network.Parameters.Flat, _pass.Gradient.Flat);
    }
}
