using RlOffload.Agents.Diffusion;
using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Environment;
using RlOffload.Tests.Agents.Engine;

namespace RlOffload.Tests.Agents.Diffusion;

public sealed class NoiseNetworkTests
{
    private const int Rows = 256, States = 3, Actions = 20;

    [Fact]
    public void WithoutANetworkTheChainIsALinearGaussian()
    {
        // eps = 0: x_{t-1} = (c1 sqrt(1/abar) + c2) x_t + sigma z, so means stay 0 and variances follow by hand.
        var options = new DiffusionOptions { X0Clip = 0, Hidden = 4 };
        var (network, graph) = (new NoiseNetwork(States, Actions, options), new Graph());
        Matrix[] noise = [.. Enumerable.Range(0, options.Steps).Select(_ => Matrix.Zeros(Rows, Actions))];
        var end = graph.Output("x0", network.Chain(graph, network.Weights(graph, "w"), graph.Input("s", Matrix.Zeros(Rows, States)),
            [.. noise.Select((m, i) => graph.Input($"z{i}", m))], "w"));
        using var engine = new Executor(graph);
        var (sum, squares, count) = (0.0, 0.0, 0);
        for (ulong run = 0; run < 20; run++)
        {
            for (var i = 0; i < noise.Length; i++)
                GaussianNoise.Fill(noise[i], Rng.Keyed(run, 0, (ulong)i, RngPurpose.Noise));
            engine.Run();
            for (var r = 0; r < Rows; r++)
                foreach (var value in engine.Read(end).Row(r))
                    (sum, squares, count) = (sum + value, squares + value * value, count + 1);
        }
        var (variance, schedule) = (1.0, network.Schedule);
        for (var i = options.Steps - 1; i >= 0; i--)
        {
            var gain = schedule.StartWeight(i) * schedule.StateToStart(i) + schedule.StateWeight(i);
            variance = gain * gain * variance + schedule.Deviation(i) * schedule.Deviation(i);
        }
        Assert.Equal(0, sum / count, 4 * Math.Sqrt(variance / count));
        Assert.Equal(1, squares / count / variance, 0.02);
    }

    [Fact]
    public void TheGradientThroughTheChainIsThatOfFiniteDifferences()
    {
        var options = new DiffusionOptions { Hidden = 5, Steps = 3 };
        var network = new NoiseNetwork(2, 3, options);
        var rng = new Rng(3);
        network.Initialise(ref rng);
        var graph = new Graph();
        var weights = network.Weights(graph, "w");
        Tensor[] noise = [.. Enumerable.Range(0, 3).Select(i => graph.Input($"z{i}", OperatorCases.Numbers(4, 3, (ulong)i)))];
        var end = network.Chain(graph, weights, graph.Input("s", OperatorCases.Numbers(4, 2, 9)), noise, "w");
        var loss = (end.LogSoftmax().Exp() * graph.Input("cost", OperatorCases.Numbers(4, 3, 10))).Sum();
        var gradients = Gradients.Of(loss, weights);
        var referee = new DoubleEngine(graph);
        referee.Run();
        var found = gradients.Select(g => referee[g]).ToArray();
        for (var w = 0; w < weights.Length; w++)
            for (var c = 0; c < weights[w].Columns; c++)
            {
                var (leaf, r) = (referee.Leaf(weights[w]), c % weights[w].Rows);
                var old = leaf[r, c];
                double At(double value)
                {
                    leaf[r, c] = value;
                    referee.Run();
                    return referee[loss][0, 0];
                }
                var expected = (At(old + 1e-5) - At(old - 1e-5)) / 2e-5;
                leaf[r, c] = old;
                Assert.True(Math.Abs(expected - found[w][r, c]) < 1e-6 * (1 + Math.Abs(expected)), $"{weights[w]} [{r},{c}]: {found[w][r, c]}, differences give {expected}");
            }
    }
}
