using System.Numerics;

namespace RlOffload.Inference.Codec;

/// <summary>
/// Evenly spaced numbers low, low + step, ... low + (2^bits - 1) * step over a tensor's range (Jacob et al., CVPR 2018): what a number can be
/// after it was sent with so many bits. |x - dequantised| is at most step / 2, plus the rounding of float32 at the size of the range's ends.
/// </summary>
/// <param name="Low">The smallest number, never -0.</param>
/// <param name="Step">0 where all numbers are equal, or so close (under about 1e-34) that the grid has no width; then all become <paramref name="Low"/>.</param>
/// <param name="Bits">1 to 8, or 16.</param>
public readonly record struct AffineGrid(float Low, float Step, int Bits)
{
    /// <summary>The highest code, 2^bits - 1.</summary>
    public int Levels => (1 << Bits) - 1;

    /// <summary>1 / step; 0 where there is no width.</summary>
    public float Scale => Step > 0 ? 1 / Step : 0;

    public static bool Allows(int bits) => bits is >= 1 and <= 8 or 16;

    /// <summary>The grid over the range of <paramref name="x"/>.</summary>
    /// <returns>False where a number is NaN or infinite, or the range itself exceeds float32: such a tensor has no grid.</returns>
    public static bool TryFit(ReadOnlySpan<float> x, int bits, out AffineGrid grid)
    {
        if (!Allows(bits))
            throw new ArgumentOutOfRangeException(nameof(bits), bits, "allowed is 1 to 8, or 16");
        grid = default;
        if (!TryRange(x, out var low, out var high))
            return false;
        var step = (float)(((double)high - low) / ((1 << bits) - 1));
        grid = new AffineGrid(low, float.IsFinite(1 / step) ? step : 0, bits);
        return true;
    }

    /// <summary>Smallest and largest number; 0 and 0 of an empty tensor. False where a number or their difference is not finite.</summary>
    public static bool TryRange(ReadOnlySpan<float> x, out float low, out float high)
    {
        (low, high) = (0, 0);
        if (x.IsEmpty)
            return true;
        (low, high) = (x[0], x[0]);
        // The bits of |x| as an integer order like |x|, and those of infinity and NaN are the largest.
        var largest = 0;
        var i = 0;
        if (x.Length >= 2 * Vector<float>.Count)
        {
            var (low0, low1) = (new Vector<float>(low), new Vector<float>(low));
            var (high0, high1) = (low0, low0);
            var (bits0, bits1) = (Vector<int>.Zero, Vector<int>.Zero);
            for (; i <= x.Length - 2 * Vector<float>.Count; i += 2 * Vector<float>.Count)
            {
                var (a, b) = (new Vector<float>(x[i..]), new Vector<float>(x[(i + Vector<float>.Count)..]));
                (low0, low1) = (Vector.MinNative(low0, a), Vector.MinNative(low1, b));
                (high0, high1) = (Vector.MaxNative(high0, a), Vector.MaxNative(high1, b));
                bits0 = Vector.Max(bits0, Vector.AsVectorInt32(Vector.Abs(a)));
                bits1 = Vector.Max(bits1, Vector.AsVectorInt32(Vector.Abs(b)));
            }
            (low0, high0, bits0) = (Vector.MinNative(low0, low1), Vector.MaxNative(high0, high1), Vector.Max(bits0, bits1));
            for (var lane = 0; lane < Vector<float>.Count; lane++)
                (low, high, largest) = (Math.Min(low, low0[lane]), Math.Max(high, high0[lane]), Math.Max(largest, bits0[lane]));
        }
        for (; i < x.Length; i++)
            (low, high, largest) = (Math.Min(low, x[i]), Math.Max(high, x[i]), Math.Max(largest, BitConverter.SingleToInt32Bits(MathF.Abs(x[i]))));
        // Which of -0 and 0 is met first depends on the width of vectors; the bytes sent must not.
        low += 0f;
        high += 0f;
        return largest < BitConverter.SingleToInt32Bits(float.PositiveInfinity) && float.IsFinite(high - low);
    }
}
