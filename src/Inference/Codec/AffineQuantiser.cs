using System.Numerics;

namespace RlOffload.Inference.Codec;

/// <summary>
/// What sending a tensor with fewer bits does to it, without the bytes: exactly what <see cref="TensorCodec"/> gives back, so that an accuracy
/// measured with this holds for what is sent.
/// </summary>
public static class AffineQuantiser
{
    /// <summary>What the receiver gets when <paramref name="x"/> is sent with so many bits a number.</summary>
    /// <param name="bits">1 to 8, or 16; 32 leaves the numbers as they are.</param>
    /// <param name="dequantised">As long as <paramref name="x"/>; may be the same memory.</param>
    /// <exception cref="ArithmeticException">A number is not finite, so there is no range to quantise over.</exception>
    public static void Quantise(ReadOnlySpan<float> x, int bits, Span<float> dequantised)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(dequantised.Length, x.Length);
        if (bits == 32)
        {
            x.CopyTo(dequantised);
            return;
        }
        if (!AffineGrid.TryFit(x, bits, out var grid))
            throw new ArithmeticException("the tensor holds a NaN or an infinity, or its range exceeds float32, so it has no range to quantise over");
        var (low, scale, step, top) = (grid.Low, grid.Scale, grid.Step, (float)grid.Levels);
        var i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var code = Vector.Round((new Vector<float>(x[i..]) - new Vector<float>(low)) * scale);
            code = Vector.Min(Vector.Max(code, Vector<float>.Zero), new Vector<float>(top));
            (code * step + new Vector<float>(low)).CopyTo(dequantised[i..]);
        }
        for (; i < x.Length; i++)
            dequantised[i] = Math.Clamp(MathF.Round((x[i] - low) * scale), 0, top) * step + low;
    }
}
