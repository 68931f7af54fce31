using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Learning;

internal static class Matrices
{
    public static Matrix Noise(int rows, int columns, ulong seed)
    {
        var matrix = Matrix.Zeros(rows, columns);
        var rng = new Rng(seed);
        for (var row = 0; row < rows; row++)
            foreach (ref var value in matrix.Row(row))
                value = (float)rng.NextGaussian();
        return matrix;
    }

    public static Mlp Network(int inputs, int[] hidden, int outputs, ulong seed)
    {
        var rng = new Rng(seed);
        var network = new Mlp(inputs, hidden, outputs);
        network.Initialise(ref rng);
        return network;
    }

    /// <summary>Largest difference over the largest reference value: float32's rounding is judged by the tensor, not by its zeros.</summary>
    public static double Distance(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var (difference, scale) = (0.0, 1e-30);
        for (var i = 0; i < expected.Length; i++)
        {
            difference = Math.Max(difference, Math.Abs(expected[i] - actual[i]));
            scale = Math.Max(scale, Math.Abs(expected[i]));
            Assert.True(float.IsFinite(actual[i]));
        }
        return difference / scale;
    }

    public static void AssertPaddingIsZero(in Matrix matrix)
    {
        for (var row = 0; row < matrix.Rows; row++)
            foreach (var value in matrix.PaddedRow(row)[matrix.Columns..])
                Assert.Equal(0f, value);
    }
}
