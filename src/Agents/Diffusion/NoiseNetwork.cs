using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Agents.Diffusion;

/// <summary>
/// eps(x, t, s) of D2SAC: the step's embedding (16 sines, 32 Mish, 16) beside x [A] and s [n], two hidden Mish layers, A outputs in (-1, 1) by tanh. The first
/// layer is kept in three parts, because the state's is the same for all steps of a chain and the time's for all rows of a batch.
/// </summary>
public sealed class NoiseNetwork
{
    private const int Embedding = 16;
    private readonly DiffusionOptions _options;
    private readonly Matrix[] _sines;

    public NoiseNetwork(int observations, int actions, DiffusionOptions options)
    {
        (Observations, Actions, _options) = (observations, actions, options);
        var h = options.Hidden;
        Parameters = new Parameters(
        [
            ("time.weight0", Embedding, 2 * Embedding), ("time.bias0", 1, 2 * Embedding), ("time.weight1", 2 * Embedding, Embedding), ("time.bias1", 1, Embedding),
            ("weight0.x", actions, h), ("weight0.t", Embedding, h), ("weight0.s", observations, h), ("bias0", 1, h),
            ("weight1", h, h), ("bias1", 1, h), ("weight2", h, actions), ("bias2", 1, actions),
        ]);
        Schedule = new VpSchedule(options.Steps, options.BetaMin, options.BetaMax);
        _sines = [.. Enumerable.Range(0, options.Steps).Select(Sines)];
    }

    public int Observations { get; }
    public int Actions { get; }
    public Parameters Parameters { get; }
    public VpSchedule Schedule { get; }

    /// <summary>Uniform in +-1/sqrt(inputs of the layer), torch.nn.Linear's default; the first layer has all of its three parts as inputs.</summary>
    public void Initialise(ref Rng rng)
    {
        int[] inputs = [Embedding, Embedding, 2 * Embedding, 2 * Embedding, 0, 0, 0, 0, _options.Hidden, _options.Hidden, _options.Hidden, _options.Hidden];
        for (var i = 0; i < inputs.Length; i++)
        {
            var bound = 1 / Math.Sqrt(inputs[i] == 0 ? Actions + Embedding + Observations : inputs[i]);
            for (var row = 0; row < Parameters[i].Rows; row++)
                foreach (ref var value in Parameters[i].Row(row))
                    value = (float)(bound * (2 * rng.NextDouble() - 1));
        }
    }

    /// <summary>Its parameters in a graph.</summary>
    public Tensor[] Weights(Graph graph, string name) => [.. Parameters.Names.Select((part, i) => graph.Parameter($"{name}.{part}", Parameters[i]))];

    /// <summary>
    /// The reverse chain, x_T to x_0 [b, A], conditioned on s [b, n]: for t = T .. 1
    ///   x_0 = sqrt(1 / abar) x_t - sqrt(1 / abar - 1) eps(x_t, t, s);   x_{t-1} = c1 x_0 + c2 x_t + sigma z
    /// </summary>
    /// <param name="noise">x_T and the z of steps T .. 2, each [b, A]; none for the chain without noise, which starts at zero.</param>
    /// <param name="times">What <see cref="Time"/> gives for each step, where that is known already.</param>
    public Tensor Chain(Graph g, IReadOnlyList<Tensor> weights, Tensor s, IReadOnlyList<Tensor> noise, string name, IReadOnlyList<Tensor>? times = null)
    {
        var state = s.MatMul(weights[6]) + weights[7];
        var x = noise.Count > 0 ? noise[0] : null;
        for (var i = _options.Steps - 1; i >= 0; i--)
        {
            var time = times?[i] ?? Time(g, weights, i, name);
            var h = (x is null ? state + time : x.MatMul(weights[4]) + (state + time)).Mish();
            var eps = ((h.MatMul(weights[8]) + weights[9]).Mish().MatMul(weights[10]) + weights[11]).Tanh();
            var start = -Schedule.NoiseToStart(i) * eps;
            if (x is not null)
                start += Schedule.StateToStart(i) * x;
            if (_options.X0Clip > 0)
                start = start.Clip(-_options.X0Clip, _options.X0Clip);
            if (i == 0)
                return start;                                                      // c1 = 1, c2 = 0
            var mean = Schedule.StartWeight(i) * start;
            if (x is not null)
                mean += Schedule.StateWeight(i) * x;
            x = noise.Count > 0 ? mean + Schedule.Deviation(i) * noise[_options.Steps - i] : mean;
        }
        throw new InvalidOperationException("a chain has steps");
    }

    /// <summary>The part of the first layer [1, h] that depends on the step alone, embedded.</summary>
    public Tensor Time(Graph g, IReadOnlyList<Tensor> weights, int step, string name) =>
        ((g.Parameter($"{name}.sines{step}", _sines[step]).MatMul(weights[0]) + weights[1]).Mish().MatMul(weights[2]) + weights[3]).MatMul(weights[5]);

    /// <summary>sin and cos of i 10000^(-k/7), k = 0 .. 7, of step index i.</summary>
    private static Matrix Sines(int step)
    {
        var row = Matrix.Zeros(1, Embedding);
        for (var k = 0; k < Embedding / 2; k++)
        {
            var angle = step * Math.Exp(-Math.Log(10000) * k / (Embedding / 2 - 1));
            (row.Row(0)[k], row.Row(0)[k + Embedding / 2]) = ((float)Math.Sin(angle), (float)Math.Cos(angle));
        }
        return row;
    }
}
