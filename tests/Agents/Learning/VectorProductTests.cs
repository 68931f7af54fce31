using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Learning;

public sealed class VectorProductTests
{
    /// <summary>Around every edge: 6 or 8 rows a tile, 16 columns a vector or two, 1 to 3 vectors a tile, 256 of depth a block.</summary>
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 }, { 5, 3, 2 }, { 6, 16, 16 }, { 7, 17, 15 }, { 11, 255, 17 }, { 12, 256, 31 }, { 13, 257, 33 }, { 2, 600, 48 },
        { 43, 40, 128 }, { 64, 128, 60 }, { 97, 60, 41 }, { 8, 9, 47 }, { 9, 19, 80 }, { 15, 258, 111 }, { 24, 21, 200 },
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

    [Theory, MemberData(nameof(Shapes))]
    public void AFinishGivesTheBitsOfThePassItSaves(int m, int k, int n)
    {
        Matrix row = Matrices.Noise(1, n, 3), rows = Matrices.Noise(m, n, 4);
        Finished<Added>(m, k, n, row);
        Finished<Added>(m, k, n, rows);
        Finished<AddedRectified>(m, k, n, row);
        Finished<Gated>(m, k, n, rows);
    }

    private static void Finished<TFinish>(int m, int k, int n, Matrix beside)
        where TFinish : struct, IFinish
    {
        Matrix x = Matrices.Noise(m, k, 1), xT = Matrices.Noise(k, m, 1), y = Matrices.Noise(k, n, 2), yT = Matrices.Noise(n, k, 2);
        var product = new VectorProduct(Math.Max(Math.Max(k, n), m));
        Check(Junk(m, n), Junk(m, n), c => product.NN(x, y, c), c => product.NN<TFinish>(x, y, c, beside));
        Check(Junk(m, n), Junk(m, n), c => product.NT(x, yT, c), c => product.NT<TFinish>(x, yT, c, beside));
        Check(Junk(m, n), Junk(m, n), c => product.TN(xT, y, c), c => product.TN<TFinish>(xT, y, c, 0, beside));

        void Check(Matrix plain, Matrix finished, Action<Matrix> sum, Action<Matrix> sumAndFinish)
        {
            sum(plain);
            sumAndFinish(finished);
            for (var i = 0; i < m; i++)
                for (var j = 0; j < n; j++)
                {
                    var expected = TFinish.Of(new(plain.Row(i)[j]), new(beside.Row(beside.Rows == 1 ? 0 : i)[j]))[0];
                    Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(finished.Row(i)[j]));
                }
        }
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
