namespace RlOffload.Inference.Codec.Lanes;

/// <summary>Widens the range and sums what is not finite; returns how many of the first numbers it did.</summary>
internal delegate int RangeKernel(ReadOnlySpan<float> x, ref float low, ref float high, ref float finite);

/// <summary>From numbers to <typeparamref name="TCode"/>s, bytes of packed codes or codes of 16 bits; returns how many of the first numbers it did.</summary>
internal delegate int PackKernel<TCode>(ReadOnlySpan<float> x, in AffineGrid grid, Span<TCode> codes);

/// <summary>And back.</summary>
internal delegate int UnpackKernel<TCode>(ReadOnlySpan<TCode> codes, in AffineGrid grid, Span<float> x);

/// <summary>What the vectors of one <see cref="SimdLevel"/> do of a tensor; the rest is for <see cref="ScalarLanes"/>. Packed codes are done in whole bytes.</summary>
internal sealed record Kernels(RangeKernel Range, PackKernel<byte> Pack, UnpackKernel<byte> Unpack, PackKernel<ushort> Pack16, UnpackKernel<ushort> Unpack16)
{
    private static readonly Kernels[] Levels =
    [
        new(static (_, ref _, ref _, ref _) => 0, static (_, in _, _) => 0, static (_, in _, _) => 0, static (_, in _, _) => 0, static (_, in _, _) => 0),
        new(Lanes128.Range, Lanes128.Pack, Lanes128.Unpack, Lanes128.Pack16, Lanes128.Unpack16),
        new(Lanes256.Range, Lanes256.Pack, Lanes256.Unpack, Lanes256.Pack16, Lanes256.Unpack16),
        new(Lanes512.Range, Lanes512.Pack, Lanes512.Unpack, Lanes512.Pack16, Lanes512.Unpack16),
    ];

    public static Kernels Of(SimdLevel level) => Levels[(int)level];
}
