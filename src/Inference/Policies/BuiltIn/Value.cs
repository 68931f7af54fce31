using System.Numerics;

namespace RlOffload.Inference.Policies.BuiltIn;

/// <summary>A tensor of float32 in memory that stays, row by row. Behind its last number there is room for a vector, so that kernels need no scalar rest.</summary>
/// <param name="IsConstant">Known when the graph is read.</param>
internal sealed record Value(int[] Shape, float[] Data, bool IsConstant)
{
    /// <summary>Of the last dimension; 1 of a number.</summary>
    public int Columns => Shape.Length == 0 ? 1 : Shape[^1];

    /// <summary>All others together.</summary>
    public int Rows => Count / Math.Max(Columns, 1);

    public int Count { get; } = Of(Shape);

    public static Value New(int[] shape, bool isConstant = false) => new(shape, new float[Of(shape) + Vector<float>.Count], isConstant);

    public static Value Constant(int[] shape, ReadOnlySpan<float> numbers)
    {
        var value = New(shape, isConstant: true);
        numbers.CopyTo(value.Data);
        return value;
    }

    private static int Of(int[] shape)
    {
        var count = 1;
        foreach (var size in shape)
            count *= size;
        return count;
    }
}
