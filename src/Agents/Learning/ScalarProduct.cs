namespace RlOffload.Agents.Learning;

/// <summary>The textbook triple loop: the yardstick of <see cref="VectorProduct"/> in tests and benchmarks.</summary>
public sealed class ScalarProduct : IMatrixProduct
{
    public void NN(in Matrix a, in Matrix b, in Matrix c) => Multiply(a.Span, a.Stride, 1, b.Span, b.Stride, 1, c, a.Columns);

    public void NT(in Matrix a, in Matrix b, in Matrix c) => Multiply(a.Span, a.Stride, 1, b.Span, 1, b.Stride, c, a.Columns);

    public void TN(in Matrix a, in Matrix b, in Matrix c) => Multiply(a.Span, 1, a.Stride, b.Span, b.Stride, 1, c, a.Rows);

    private static void Multiply(
        ReadOnlySpan<float> a, int aRow, int aStep, ReadOnlySpan<float> b, int bStep, int bColumn, in Matrix c, int depth)
    {
        for (var i = 0; i < c.Rows; i++)
        {
            var row = c.Row(i);
            for (var j = 0; j < row.Length; j++)
            {
                var sum = 0f;
                for (var k = 0; k < depth; k++)
                    sum += a[i * aRow + k * aStep] * b[k * bStep + j * bColumn];
                row[j] = sum;
            }
        }
    }
}
