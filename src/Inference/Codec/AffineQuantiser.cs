using System.Numerics;

namespace RlOffload.Inference.Codec;

/// <summary>
/// The reference for what sending a tensor with fewer bits does to it: one affine grid over the tensor's range (Jacob et al., CVPR 2018),
/// x becomes lo + step * round((x - lo) / step) with step = (hi - lo) / (2^bits - 1).
/// </summary>
public static class AffineQuantiser
{
    /// <summary>Smallest and largest number; a tensor with a NaN or infinity has no grid.</summary>
    /// <exception cref="ArithmeticException">A number is not finite.</exception>
    public static (float Low, float High) Range(ReadOnlySpan<float> x)
    {
        var low = new Vector<float>(float.PositiveInfinity);
        var high = new Vector<float>(float.NegativeInfinity);
        // A sum of x * 0 is NaN as soon as one x is NaN or infinite.
        var zero = Vector<float>.Zero;
        var i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var v = new Vector<float>(x[i..]);
            low = Vector.Min(low, v);
            high = Vector.Max(high, v);
            zero += v * Vector<float>.Zero;
        }
        float lo = float.PositiveInfinity, hi = float.NegativeInfinity, test = Vector.Sum(zero);
        for (var j = 0; j < Vector<float>.Count; j++)
            (lo, hi) = (Math.Min(lo, low[j]), Math.Max(hi, high[j]));
        for (; i < x.Length; i++)
            (lo, hi, test) = (Math.Min(lo, x[i]), Math.Max(hi, x[i]), test + x[i] * 0);
        return test == 0 ? (lo, hi) : throw new ArithmeticException("the tensor holds a NaN or an infinity, so it has no range to quantise over");
    }

    /// <summary>What the receiver gets when <paramref name="x"/> is sent with so many bits a number.</summary>
    /// <param name="bits">1 to 16; 32 leaves the numbers as they are.</param>
    /// <param name="dequantised">As long as <paramref name="x"/>; may be the same memory.</param>
    /// <exception cref="ArithmeticException">A number is not finite.</exception>
    public static void Quantise(ReadOnlySpan<float> x, int bits, Span<float> dequantised)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(dequantised.Length, x.Length);
        if (bits == 32)
        {
            x.CopyTo(dequantised);
            return;
        }
        if (bits is < 1 or > 16)
            throw new ArgumentOutOfRangeException(nameof(bits), bits, "allowed is 1 to 16, or 32");
        if (x.IsEmpty)
            return;
        var (low, high) = Range(x);
        var levels = (1 << bits) - 1;
        var step = (float)(((double)high - low) / levels);
        var scale = 1 / step;
        if (!float.IsFinite(scale))
        {
            // All numbers are equal, or so close that the grid has no width.
            dequantised.Fill(low);
            return;
        }
        var i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var code = Vector.Round((new Vector<float>(x[i..]) - new Vector<float>(low)) * scale);
            code = Vector.Min(Vector.Max(code, Vector<float>.Zero), new Vector<float>(levels));
            (code * step + new Vector<float>(low)).CopyTo(dequantised[i..]);
        }
        for (; i < x.Length; i++)
            dequantised[i] = Math.Clamp(MathF.Round((x[i] - low) * scale), 0, levels) * step + low;
    }
}
