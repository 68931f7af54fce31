using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Learning;

public sealed class MlpTests
{
    [Theory, InlineData(1, 1, 1), InlineData(7, 33, 5), InlineData(40, 128, 60), InlineData(16, 31, 65), InlineData(24, 128, 200)]
    public void OneSampleIsTheFunctionItClaims(int inputs, int hidden, int outputs)
    {
        var network = Matrices.Network(inputs, [hidden, hidden], outputs, 3);
        var input = Matrices.Noise(1, inputs, 4).Row(0);
        var output = new float[outputs];
        network.Forward(input, output);
        Assert.InRange(Matrices.Distance(new DoubleMlp(network).Forward(input), output), 0, 2e-6);
    }

    [Fact]
    public void WeightsStartWithinTheirBoundAndTheLastLayerSmall()
    {
        var rng = new RlOffload.Environment.Rng(1);
        var network = new Mlp(25, [100], 50);
        network.Initialise(ref rng, outputScale: 0.01);
        Span<float> first = network.Layers[0].Weight.Span, last = network.Layers[1].Weight.Span;
        Assert.InRange(Largest(first), 0.19f, 0.2f);
        Assert.InRange(Largest(last), 0.00095f, 0.001f);
        Matrices.AssertPaddingIsZero(network.Layers[0].Weight);
        Matrices.AssertPaddingIsZero(network.Layers[1].Bias);
    }

    [Fact]
    public void OneSampleAllocatesNothing()
    {
        var network = Matrices.Network(40, [64, 64], 60, 3);
        var (input, output) = (new float[40], new float[60]);
        network.Forward(input, output);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
            network.Forward(input, output);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        var largest = 0f;
        foreach (var value in values)
            largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }
}
