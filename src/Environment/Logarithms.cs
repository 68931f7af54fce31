using System.Numerics;
using System.Runtime.CompilerServices;

namespace RlOffload.Environment;

/// <summary>
/// Logarithms of many numbers as floats: what rounding <see cref="Math.Log(double)"/> gives, bit for bit. A vectorised logarithm is good to far more places than a
/// float has, which nearly always leaves one float that it can round to; where it leaves two, the exact one is asked (A. Ziv, "Fast evaluation of
/// elementary mathematical functions with correctly rounded last bit", ACM Trans. Math. Softw. 17(3), 1991).
/// </summary>
internal static class Logarithms
{
    /// <summary>More than both logarithms are ever off, relative: the first term left out is below 2^-39.</summary>
    private const double Relative = 1.0 / (1L << 38);

    /// <summary>Of sqrt(1/2): what is left of a number's bits above them is its power of two, with a mantissa from sqrt(1/2) to sqrt(2).</summary>
    private const long HalfRoot = 0x3FE6A09E667F3BCD;

    private const double Ln2 = 0.693147180559945309417;

    /// <param name="numbers">Above 0 and normal; as many as fill vectors.</param>
    /// <param name="logarithms">As many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Of(ReadOnlySpan<double> numbers, Span<float> logarithms)
    {
        var (half, width) = (Vector<double>.Count, Vector<float>.Count);
        for (var i = 0; i < numbers.Length; i += width)
        {
            var (logA, logB) = (Of(new Vector<double>(numbers[i..])), Of(new Vector<double>(numbers[(i + half)..])));
            var (low, high) = (new Vector<double>(1 - Relative), new Vector<double>(1 + Relative));
            var (nearer, farther) = (Vector.Narrow(logA * low, logB * low), Vector.Narrow(logA * high, logB * high));
            nearer.CopyTo(logarithms[i..]);
            if (nearer == farther)
                continue;
            for (var k = 0; k < width; k++)
                if (nearer[k] != farther[k])
                    logarithms[i + k] = (float)Math.Log(numbers[i + k]);
        }
    }

    /// <summary>ln x = k ln 2 + 2 artanh s, s = (m - 1) / (m + 1), for x = 2^k m; seven terms of the series (Abramowitz and Stegun, 4.1.27).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Of(Vector<double> x)
    {
        var bits = Vector.AsVectorInt64(x);
        var power = (bits - new Vector<long>(HalfRoot)) >> 52;
        var m = Vector.AsVectorDouble(bits - (power << 52));
        var s = (m - Vector<double>.One) / (m + Vector<double>.One);
        var z = s * s;
        var zz = z * z;
        var odd = Vector.MultiplyAddEstimate(Vector.MultiplyAddEstimate(All(1.0 / 11), zz, All(1.0 / 7)), zz, All(1.0 / 3));
        var even = Vector.MultiplyAddEstimate(Vector.MultiplyAddEstimate(Vector.MultiplyAddEstimate(All(1.0 / 13), zz, All(1.0 / 9)), zz, All(1.0 / 5)), zz, All(1));
        return Vector.MultiplyAddEstimate(Vector.ConvertToDouble(power), All(Ln2), (s + s) * Vector.MultiplyAddEstimate(odd, z, even));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> All(double number) => new(number);
}
