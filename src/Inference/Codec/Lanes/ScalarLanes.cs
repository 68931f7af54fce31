namespace RlOffload.Inference.Codec.Lanes;

/// <summary>One number after the other: what vectors leave over, and everything where a machine has none.</summary>
internal static class ScalarLanes
{
    /// <summary>x + 2^23 holds round(x), half to even, in its low mantissa bits, for 0 &lt;= x &lt; 2^23.</summary>
    public const float RoundToBits = 8_388_608;

    /// <summary>The bits of <see cref="RoundToBits"/>: what is above a code in such a sum.</summary>
    public const uint AboveCode = 0x4B000000;

    public static int Range(ReadOnlySpan<float> x, ref float low, ref float high, ref float sum)
    {
        foreach (var v in x)
            (low, high, sum) = (Math.Min(low, v), Math.Max(high, v), sum + v);
        return x.Length;
    }

    public static int Pack(ReadOnlySpan<float> x, in AffineGrid grid, Span<byte> packed)
    {
        var (bits, low, scale, bit) = (grid.Bits, grid.Low, grid.Scale, 0);
        packed.Clear();
        foreach (var v in x)
        {
            var code = Code(v, low, scale) << (bit & 7);
            packed[bit >> 3] |= (byte)code;
            if (code > 0xFF)
                packed[(bit >> 3) + 1] |= (byte)(code >> 8);
            bit += bits;
        }
        return x.Length;
    }

    public static int Unpack(ReadOnlySpan<byte> packed, in AffineGrid grid, Span<float> x)
    {
        var (bits, levels, bit) = (grid.Bits, grid.Levels, 0);
        foreach (ref var v in x)
        {
            int code = packed[bit >> 3];
            if ((bit & 7) + bits > 8)
                code |= packed[(bit >> 3) + 1] << 8;
            v = ((code >> (bit & 7)) & levels) * grid.Step + grid.Low;
            bit += bits;
        }
        return x.Length;
    }

    public static int Pack16(ReadOnlySpan<float> x, in AffineGrid grid, Span<ushort> codes)
    {
        for (var i = 0; i < x.Length; i++)
            codes[i] = (ushort)Code(x[i], grid.Low, grid.Scale);
        return x.Length;
    }

    public static int Unpack16(ReadOnlySpan<ushort> codes, in AffineGrid grid, Span<float> x)
    {
        for (var i = 0; i < x.Length; i++)
            x[i] = codes[i] * grid.Step + grid.Low;
        return x.Length;
    }

    /// <summary>
    /// round((x - low) / step), half to even. It needs no clamp: low is the smallest number, and the largest one's place is off the top level by at most
    /// a few parts in 2^22, which is far from half a step at up to 16 bits.
    /// </summary>
    private static int Code(float x, float low, float scale) => BitConverter.SingleToInt32Bits((x - low) * scale + RoundToBits) & 0xFFFF;
}
