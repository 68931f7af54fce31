using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Learning;

public sealed class MlpPassTests
{
    private const int Batch = 9;

    [Fact]
    public void ABatchIsTheFunctionAppliedToEachRow()
    {
        var network = Matrices.Network(5, [18, 7], 3, 1);
        var input = Matrices.Noise(Batch, 5, 2);
        var pass = new MlpPass(network, Batch, new VectorProduct(18), backward: false);
        pass.Forward(input);
        for (var b = 0; b < Batch; b++)
            Assert.InRange(Matrices.Distance(new DoubleMlp(network).Forward(input.Row(b)), pass.Output.Row(b)), 0, 2e-6);
        Matrices.AssertPaddingIsZero(pass.Output);
    }

    public static TheoryData<int[]> Depths => new([[], [18], [18, 7], [6, 20, 5]]);

    [Theory, MemberData(nameof(Depths))]
    public void TheGradientOfEveryLayerIsThatOfFiniteDifferences(int[] hidden)
    {
        var network = Matrices.Network(5, hidden, 3, 1);
        Matrix input = Matrices.Noise(Batch, 5, 2), direction = Matrices.Noise(Batch, 3, 3);
        var pass = new MlpPass(network, Batch, new VectorProduct(20), backward: true);
        pass.Forward(input);
        direction.Span.CopyTo(pass.OutputGradient.Span);
        pass.Backward();

        var referee = new DoubleMlp(network);
        var expected = referee.Differences(() => Enumerable.Range(0, Batch).Sum(b => Dot(referee.Forward(input.Row(b)), direction.Row(b))));
        Assert.InRange(Matrices.Distance(expected, pass.Gradient.Flat), 0, 1e-5);
    }

    [Theory, MemberData(nameof(Depths))]
    public void ALossOfOneOutputARowHasTheGradientOfTheFullOne(int[] hidden)
    {
        var network = Matrices.Network(5, hidden, 21, 1);
        var input = Matrices.Noise(Batch, 5, 2);
        int[] selected = [0, 20, 3, 3, 7, 16, 15, 1, 0];
        var slopes = Matrices.Noise(1, Batch, 3).Row(0).ToArray();

        var sparse = new MlpPass(network, Batch, new VectorProduct(21), backward: true);
        sparse.Forward(input);
        sparse.Backward(selected, slopes);
        var full = new MlpPass(network, Batch, new VectorProduct(21), backward: true);
        full.Forward(input);
        for (var b = 0; b < Batch; b++)
            full.OutputGradient.Row(b)[selected[b]] = slopes[b];
        full.Backward();

        double[] expected = [.. full.Gradient.Flat.ToArray().Select(value => (double)value)];
        Assert.InRange(Matrices.Distance(expected, sparse.Gradient.Flat), 0, 1e-6);
    }

    private static double Dot(double[] output, ReadOnlySpan<float> direction)
    {
        var sum = 0.0;
        for (var j = 0; j < output.Length; j++)
            sum += output[j] * direction[j];
        return sum;
    }
}
