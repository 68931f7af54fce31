using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Learning;

public sealed class VectorProductTests
{
    /// <summary>Around every edge: 6 rows a tile, 16 columns a panel, 256 of depth a block.</summary>
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 }, { 5, 3, 2 }, { 6, 16, 16 }, { 7, 17, 15 }, { 11, 255, 17 }, { 12, 256, 31 }, { 13, 257, 33 }, { 2, 600, 48 },
        { 43, 40, 128 }, { 64, 128, 60 }, { 97, 60, 41 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void NNIsTheProduct(int m, int k, int n)
    {
        Matrix a = Matrices.Noise(m, k, 1), b = Matrices.Noise(k, n, 2), c = Junk(m, n);
        new VectorProduct(Math.Max(k, n)).NN(a, b, c);
        Check(c, k, (i, j, t) => (double)a.Row(i)[t] * b.Row(t)[j]);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void NTIsTheProductWithTheTransposedRight(int m, int k, int n)
    {
        Matrix a = Matrices.Noise(m, k, 1), b = Matrices.Noise(n, k, 2), c = Junk(m, n);
        new VectorProduct(Math.Max(k, n)).NT(a, b, c);
        Check(c, k, (i, j, t) => (double)a.Row(i)[t] * b.Row(j)[t]);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void TNIsTheProductWithTheTransposedLeft(int m, int k, int n)
    {
        Matrix a = Matrices.Noise(k, m, 1), b = Matrices.Noise(k, n, 2), c = Junk(m, n);
        new VectorProduct(Math.Max(m, n)).TN(a, b, c);
        Check(c, k, (i, j, t) => (double)a.Row(t)[i] * b.Row(t)[j]);
    }

    [Fact]
    public void AnElementDoesNotDependOnTheTileItFallsInto()
    {
        Matrix a = Matrices.Noise(13, 40, 1), b = Matrices.Noise(40, 50, 2);
        Matrix all = Matrix.Zeros(13, 50), alone = Matrix.Zeros(1, 50);
        var product = new VectorProduct(50);
        product.NN(a, b, all);
        for (var i = 0; i < a.Rows; i++)
        {
            product.NN(new Matrix(a.Memory.Slice(i * a.Stride, a.Stride), 1, 40), b, alone);
            Assert.True(alone.Row(0).SequenceEqual(all.Row(i)));
        }
    }

    [Fact]
    public void ShapesThatDoNotFitAreRefused()
    {
        var product = new VectorProduct(16);
        Assert.Throws<ArgumentException>(() => product.NN(Matrix.Zeros(2, 3), Matrix.Zeros(4, 5), Matrix.Zeros(2, 5)));
        Assert.Throws<ArgumentException>(() => product.NT(Matrix.Zeros(2, 3), Matrix.Zeros(5, 3), Matrix.Zeros(2, 6)));
        Assert.Throws<ArgumentException>(() => product.TN(Matrix.Zeros(3, 2), Matrix.Zeros(3, 17), Matrix.Zeros(2, 17)));
        Assert.Throws<ArgumentException>(() => product.TN(Matrix.Zeros(3, 17), Matrix.Zeros(3, 2), Matrix.Zeros(17, 2)));
    }

    private static void Check(Matrix c, int depth, Func<int, int, int, double> term)
    {
        var tolerance = 1e-6 * Math.Sqrt(depth) * 4;
        for (var i = 0; i < c.Rows; i++)
            for (var j = 0; j < c.Columns; j++)
            {
                var sum = 0.0;
                for (var t = 0; t < depth; t++)
                    sum += term(i, j, t);
                Assert.InRange(c.Row(i)[j], sum - tolerance, sum + tolerance);
            }
        Matrices.AssertPaddingIsZero(c);
    }

    /// <summary>A result that was used before: it must be overwritten, its padding included.</summary>
    private static Matrix Junk(int rows, int columns)
    {
        var matrix = Matrix.Zeros(rows, columns);
        matrix.Span.Fill(7f);
        return matrix;
    }
}
