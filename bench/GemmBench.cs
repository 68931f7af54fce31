using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra.Single;
using RlOffload.Agents.Learning;
using RlOffload.Environment;
using RlOffload.Training.Benchmarks;
using Spectre.Console;
using Matrix = RlOffload.Agents.Learning.Matrix;

namespace RlOffload.Bench;

/// <summary>The three products at the shapes of a SAC update.</summary>
internal static class GemmBench
{
    private static readonly (int Batch, int In, int Out)[] Shapes = [(256, 40, 128), (256, 128, 128), (256, 128, 60), (256, 256, 256)];

    public static void Run()
    {
        Control.UseManaged();
        Control.UseSingleThread();
        var table = new Table().AddColumns("product", "m x k x n", "GF/s", "MathNet GF/s", "ratio");
        foreach (var (batch, inputs, outputs) in Shapes)
        {
            Matrix x = Noise(batch, inputs), w = Noise(inputs, outputs), dy = Noise(batch, outputs);
            Matrix y = Matrix.Zeros(batch, outputs), dx = Matrix.Zeros(batch, inputs), dw = Matrix.Zeros(inputs, outputs);
            var (mx, mw, mdy) = (Dense(x), Dense(w), Dense(dy));
            var (my, mdx, mdw) = (Dense(y), Dense(dx), Dense(dw));
            var vector = new VectorProduct(Math.Max(inputs, outputs));
            var work = 2e-6 * batch * inputs * outputs;
            Row(table, "NN", $"{batch} x {inputs} x {outputs}", work,
                () => vector.NN(x, w, y), () => mx.Multiply(mw, my));
            Row(table, "NT", $"{batch} x {outputs} x {inputs}", work,
                () => vector.NT(dy, w, dx), () => mdy.TransposeAndMultiply(mw, mdx));
            Row(table, "TN", $"{inputs} x {batch} x {outputs}", work,
                () => vector.TN(x, dy, dw), () => mx.TransposeThisAndMultiply(mdy, mdw));
        }
        AnsiConsole.Write(table);
    }

    /// <param name="work">millions of operations, so that work / ms is GF/s.</param>
    private static void Row(Table table, string product, string shape, double work, Action vector, Action mathNet)
    {
        var ms = Rounds.Median(9, 60, vector, mathNet);
        table.AddRow(product, shape, $"{work / ms[0]:F1}", $"{work / ms[1]:F2}", $"{ms[1] / ms[0]:F1}x");
    }

    private static Matrix Noise(int rows, int columns)
    {
        var matrix = Matrix.Zeros(rows, columns);
        var rng = new Rng((ulong)(rows * 1000 + columns));
        for (var row = 0; row < rows; row++)
            foreach (ref var value in matrix.Row(row))
                value = (float)rng.NextGaussian();
        return matrix;
    }

    private static DenseMatrix Dense(Matrix matrix) => DenseMatrix.Create(matrix.Rows, matrix.Columns, (row, column) => matrix.Row(row)[column]);
}
