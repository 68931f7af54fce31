using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Replay;
using RlOffload.Environment;

namespace RlOffload.Agents.Diffusion;

/// <summary>
/// The policy of one state, in the same graph that is exported, on the built-in engine; what depends on the weights alone is kept from decision to decision.
/// Allocates nothing; not for two threads at once.
/// </summary>
internal sealed class DiffusionActor : IDisposable
{
    private readonly Matrix _observation, _mask;
    private readonly Matrix? _prior;
    private readonly Matrix[] _noise, _times;
    private readonly RunningNormaliser _normaliser;
    private readonly Executor _embedding, _quiet, _noisy;
    private readonly Tensor _quietLogits, _noisyLogits;
    private bool _embedded;

    public DiffusionActor(NoiseNetwork network, RunningNormaliser normaliser, DiffusionOptions options)
    {
        (_observation, _mask, _normaliser) = (Matrix.Zeros(1, network.Observations), Matrix.Zeros(1, network.Actions), normaliser);
        _prior = options.PriorWeight > 0 ? Matrix.Zeros(1, network.Actions) : null;
        _noise = [.. Enumerable.Range(0, options.Steps).Select(_ => Matrix.Zeros(1, network.Actions))];
        _times = [.. Enumerable.Range(0, options.Steps).Select(_ => Matrix.Zeros(1, options.Hidden))];
        var embedding = new Graph();
        var weights = network.Weights(embedding, "actor");
        for (var i = 0; i < _times.Length; i++)
            embedding.Update(embedding.Parameter($"time{i}", _times[i]), network.Time(embedding, weights, i, "actor"));
        _embedding = new Executor(embedding);
        (_quiet, _quietLogits) = Program([]);
        (_noisy, _noisyLogits) = Program(_noise);

        (Executor, Tensor) Program(Matrix[] noise)
        {
            var graph = new Graph();
            var logits = Logits(graph, network, normaliser, _observation, _mask, _prior, noise, [.. _times.Select((m, i) => graph.Input($"time{i}", m))]);
            return (new Executor(graph), logits);
        }
    }

    /// <summary>The weights have changed.</summary>
    public void Forget() => _embedded = false;

    /// <summary>The chain that starts at zero and adds no noise, over storage of its own.</summary>
    public static Graph Deployed(NoiseNetwork network, RunningNormaliser normaliser, DiffusionOptions options)
    {
        var graph = new Graph();
        Logits(graph, network, normaliser, Matrix.Zeros(1, network.Observations), Matrix.Zeros(1, network.Actions),
            options.PriorWeight > 0 ? Matrix.Zeros(1, network.Actions) : null, []);
        return graph;
    }

    public void Logits(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior, Span<float> logits)
    {
        Fill(observation, mask, prior);
        _quiet.Run();
        _quiet.Read(_quietLogits).Row(0).CopyTo(logits);
    }

    public int Greedy(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior)
    {
        Fill(observation, mask, prior);
        _quiet.Run();
        return Categorical.Best(_quiet.Read(_quietLogits).Row(0), mask);
    }

    public int Draw(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior, ref Rng rng)
    {
        Fill(observation, mask, prior);
        foreach (var noise in _noise)
            foreach (ref var value in noise.Row(0))
                value = (float)rng.NextGaussian();
        _noisy.Run();
        return Categorical.Draw(_noisy.Read(_noisyLogits).Row(0), mask, rng.NextDouble());
    }

    public void Dispose()
    {
        _embedding.Dispose();
        _quiet.Dispose();
        _noisy.Dispose();
    }

    private static Tensor Logits(
        Graph g, NoiseNetwork network, RunningNormaliser normaliser, Matrix observation, Matrix mask, Matrix? prior, Matrix[] noise, Tensor[]? times = null)
    {
        var s = normaliser.Lower(g, g.Input("observation", observation));
        Tensor[] z = [.. noise.Select((m, i) => g.Input($"noise{i}", m))];
        var valid = g.Input("mask", mask);
        var logits = network.Chain(g, network.Weights(g, "actor"), s, z, "actor", times);
        return g.Output("logits", ActionMask.Lower(valid, prior is { } p ? logits + g.Input("prior", p) : logits));
    }

    private void Fill(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior)
    {
        if (!_embedded)
            _embedding.Run();
        _embedded = true;
        if (_prior is { } memory)
            prior.CopyTo(memory.Row(0));
        observation.CopyTo(_observation.Row(0));
        for (var a = 0; a < mask.Length; a++)
            _mask.Row(0)[a] = mask[a] ? 1 : 0;
    }
}
