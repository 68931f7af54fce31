using System.Numerics;
using System.Runtime.CompilerServices;

namespace RlOffload.Environment;

/// <summary>
/// Logarithms of many numbers as floats: what rounding <see cref="Math.Log(double)"/> gives, bit for bit. A vectorised logarithm is good to a few units in its last
/// place, which nearly always leaves one float that it can round to; where it leaves two, the exact one is asked (A. Ziv, "Fast evaluation of
/// elementary mathematical functions with correctly rounded last bit", ACM Trans. Math. Softw. 17(3), 1991).
/// </summary>
internal static class Logarithms
{
    /// <summary>More than both logarithms are ever off: relative, and absolute for numbers near 1.</summary>
    private const double Relative = 1.0 / (1L << 44), Absolute = 1.0 / (1L << 50);

    /// <param name="numbers">Above 0; as many as fill vectors.</param>
    /// <param name="logarithms">As many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Of(ReadOnlySpan<double> numbers, Span<float> logarithms)
    {
        var (half, width) = (Vector<double>.Count, Vector<float>.Count);
        for (var i = 0; i < numbers.Length; i += width)
        {
            var (lowA, highA) = Bounds(new Vector<double>(numbers[i..]));
            var (lowB, highB) = Bounds(new Vector<double>(numbers[(i + half)..]));
            var (low, high) = (Vector.Narrow(lowA, lowB), Vector.Narrow(highA, highB));
            low.CopyTo(logarithms[i..]);
            if (low == high)
                continue;
            for (var k = 0; k < width; k++)
                if (low[k] != high[k])
                    logarithms[i + k] = (float)Math.Log(numbers[i + k]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<double> Low, Vector<double> High) Bounds(Vector<double> x)
    {
        var log = Vector.Log(x);
        var error = Vector.Abs(log) * new Vector<double>(Relative) + new Vector<double>(Absolute);
        var one = Vector.Equals(x, Vector<double>.One);
        return (Vector.ConditionalSelect(one, Vector<double>.Zero, log - error), Vector.ConditionalSelect(one, Vector<double>.Zero, log + error));
    }
}
