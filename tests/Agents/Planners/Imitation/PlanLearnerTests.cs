using RlOffload.Agents.Learning;
using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners.Imitation;

public sealed class PlanLearnerTests
{
    /// <summary>Which of three numbers is largest, of 400 samples.</summary>
    private static (Matrix Samples, int[] Labels) Largest()
    {
        var rng = new Rng(5);
        var samples = Matrix.Zeros(400, 3);
        var labels = new int[samples.Rows];
        for (var row = 0; row < labels.Length; row++)
        {
            for (var j = 0; j < 3; j++)
                samples.Row(row)[j] = (float)rng.NextGaussian();
            labels[row] = samples.Row(row).IndexOf(System.Numerics.Tensors.TensorPrimitives.Max<float>(samples.Row(row)));
        }
        return (samples, labels);
    }

    private static Mlp Taught(int steps, int[] among)
    {
        var (samples, labels) = Largest();
        var rng = new Rng(8);
        var network = new Mlp(3, [16], 3);
        network.Initialise(ref rng);
        var learner = new PlanLearner(network, 32, 0.01);
        for (var step = 0; step < steps; step++)
            learner.Step(samples, labels, among, ref rng);
        return network;
    }

    private static double Right(Mlp network, int from)
    {
        var (samples, labels) = Largest();
        var output = new float[3];
        return Enumerable.Range(from, labels.Length - from).Average(row =>
        {
            network.Forward(samples.Row(row), output);
            return output.AsSpan().IndexOf(output.Max()) == labels[row] ? 1.0 : 0;
        });
    }

    [Fact]
    public void ItLearnsWhatIsSaidOfSamplesItHasNotSeen()
    {
        int[] half = [.. Enumerable.Range(0, 200)];
        Assert.InRange(Right(Taught(0, half), 200), 0, 0.7);
        Assert.InRange(Right(Taught(400, half), 200), 0.95, 1);
    }

    [Fact]
    public void TheSameGeneratorGivesTheSameBits()
    {
        int[] all = [.. Enumerable.Range(0, 400)];
        Assert.Equal(Taught(20, all).Parameters.ToDense(), Taught(20, all).Parameters.ToDense());
    }

    /// <summary>The first step of Adam moves every weight against its gradient's sign: here by what the softmax says.</summary>
    [Fact]
    public void AStepMakesTheLabelLikelier()
    {
        var samples = Matrix.Zeros(1, 2);
        (samples.Row(0)[0], samples.Row(0)[1]) = (1, -2);
        var network = new Mlp(2, [], 4);
        var learner = new PlanLearner(network, 8, 0.1);
        var rng = new Rng(1);
        learner.Step(samples, [2], [0], ref rng);
        var output = new float[4];
        network.Forward(samples.Row(0), output);
        // weight -+ 0.1 for both inputs and the bias: 1 + 2 + 1 tenths
        Assert.Equal([-0.4f, -0.4f, 0.4f, -0.4f], output.Select(x => MathF.Round(x, 4)));
    }
}
