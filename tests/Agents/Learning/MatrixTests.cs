using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Learning;

public sealed class MatrixTests
{
    [Theory, InlineData(1, 16), InlineData(16, 16), InlineData(17, 32), InlineData(60, 64)]
    public void RowsArePaddedToACacheLine(int columns, int stride)
    {
        var matrix = Matrix.Zeros(3, columns);
        Assert.Equal(stride, matrix.Stride);
        Assert.Equal(columns, matrix.Row(2).Length);
        Assert.Equal(stride, matrix.PaddedRow(2).Length);
    }

    [Fact]
    public unsafe void MemoryBeginsOnACacheLine()
    {
        for (var i = 0; i < 20; i++)
        {
            var matrix = Matrix.Zeros(1, 1 + i);
            Assert.Equal(0u, (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(matrix.Span)) % 64);
        }
    }

    [Fact]
    public void AViewOfTheWrongSizeIsRefused() => Assert.Throws<ArgumentException>(() => new Matrix(new float[16], 2, 3));
}
