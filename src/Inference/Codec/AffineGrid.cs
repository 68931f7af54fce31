using RlOffload.Inference.Codec.Lanes;

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
    public static bool TryFit(ReadOnlySpan<float> x, int bits, out AffineGrid grid) => TryFit(x, bits, out grid, Simd.Level);

    internal static bool TryFit(ReadOnlySpan<float> x, int bits, out AffineGrid grid, SimdLevel level)
    {
        if (!Allows(bits))
            throw new ArgumentOutOfRangeException(nameof(bits), bits, "allowed is 1 to 8, or 16");
        grid = default;
        if (!TryRange(x, out var low, out var high, level))
            return false;
        var step = (float)(((double)high - low) / ((1 << bits) - 1));
        grid = new AffineGrid(low, float.IsFinite(1 / step) ? step : 0, bits);
        return true;
    }

    /// <summary>Smallest and largest number; 0 and 0 of an empty tensor. False where a number or their difference is not finite.</summary>
    public static bool TryRange(ReadOnlySpan<float> x, out float low, out float high) => TryRange(x, out low, out high, Simd.Level);

    internal static bool TryRange(ReadOnlySpan<float> x, out float low, out float high, SimdLevel level)
    {
        (low, high) = (0, 0);
        if (x.IsEmpty)
            return true;
        (low, high) = (x[0], x[0]);
        var sum = 0f;
        var done = Kernels.Of(level).Range(x, ref low, ref high, ref sum);
        ScalarLanes.Range(x[done..], ref low, ref high, ref sum);
        // Which of -0 and 0 is met first depends on the width of vectors; the bytes sent must not.
        low += 0f;
        high += 0f;
        return float.IsFinite(high - low) && (float.IsFinite(sum) || AllFinite(x));
    }

    /// <summary>Where a sum is not finite, that may be the sum's own doing.</summary>
    private static bool AllFinite(ReadOnlySpan<float> x)
    {
        foreach (var v in x)
            if (!float.IsFinite(v))
                return false;
        return true;
    }
}
