namespace RlOffload.Inference.Codec.Lanes;

/// <summary>
/// Gives the range, from its first number on, and adds up the numbers, or their products with 0: where that sum is finite, so is every number. Returns how many of the first numbers it did.
/// </summary>
internal delegate int RangeKernel(ReadOnlySpan<float> x, ref float low, ref float high, ref float sum);

/// <summary>From numbers to <typeparamref name="TCode"/>s, bytes of packed codes or codes of 16 bits; returns how many of the first numbers it did.</summary>
internal delegate int PackKernel<TCode>(ReadOnlySpan<float> x, in AffineGrid grid, Span<TCode> codes);

/// <summary>And back.</summary>
internal delegate int UnpackKernel<TCode>(ReadOnlySpan<TCode> codes, in AffineGrid grid, Span<float> x);

/// <summary>
/// What the vectors of one <see cref="SimdLevel"/> do of a tensor. Packed codes are done in whole bytes. Vectors reach beyond what they do, so they leave the last numbers, fewer than
/// <see cref="Remainder.Numbers"/>, for <see cref="Remainder"/>.
/// </summary>
internal sealed record Kernels(RangeKernel Range, PackKernel<byte> Pack, UnpackKernel<byte> Unpack, PackKernel<ushort> Pack16, UnpackKernel<ushort> Unpack16)
{
    private static readonly Kernels[] Levels =
    [
        new(ScalarLanes.Range, ScalarLanes.Pack, ScalarLanes.Unpack, ScalarLanes.Pack16, ScalarLanes.Unpack16),
        LanesSse.IsSupported
            ? new(Lanes128.Range, LanesSse.Pack, LanesSse.Unpack, LanesSse.Pack16, Lanes128.Unpack16)
            : new(Lanes128.Range, Lanes128.Pack, Lanes128.Unpack, Lanes128.Pack16, Lanes128.Unpack16),
        new(Lanes256.Range, Lanes256.Pack, Lanes256.Unpack, Lanes256.Pack16, Lanes256.Unpack16),
        new(Lanes512.Range, Lanes512.Pack, Lanes512.Unpack, Lanes512.Pack16, Lanes512.Unpack16),
    ];

    public static Kernels Of(SimdLevel level) => Levels[(int)level];
}
