using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Learning;

public sealed class ScalarProductTests
{
    [Fact]
    public void TheThreeProductsAgreeByHand()
    {
        Matrix a = Filled(2, 2, 1, 2, 3, 4), b = Filled(2, 2, 5, 6, 7, 8), c = Matrix.Zeros(2, 2);
        var product = new ScalarProduct();
        product.NN(a, b, c);
        Assert.Equal([19, 22, 43, 50], Values(c));
        product.NT(a, b, c);
        Assert.Equal([17, 23, 39, 53], Values(c));
        product.TN(a, b, c);
        Assert.Equal([26, 30, 38, 44], Values(c));
    }

    private static Matrix Filled(int rows, int columns, params float[] values)
    {
        var matrix = Matrix.Zeros(rows, columns);
        for (var row = 0; row < rows; row++)
            values.AsSpan(row * columns, columns).CopyTo(matrix.Row(row));
        return matrix;
    }

    private static float[] Values(Matrix matrix) => [.. matrix.Row(0), .. matrix.Row(1)];
}
