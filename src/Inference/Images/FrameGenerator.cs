using RlOffload.Environment;

namespace RlOffload.Inference.Images;

/// <summary>
/// Turns a 28x28 grey item (Fashion-MNIST, Xiao et al. 2017, arXiv 1708.07747) into a camera-like colour frame:
/// the item is scaled, shifted and slightly tinted on a textured background, then sensor noise is added.
/// A frame is a function of (seed, index, item) alone and is made with integers only, so it is the same bytes on every machine.
/// </summary>
/// <remarks>
/// A frame is planar: [<see cref="Channels"/>, <see cref="Side"/>, <see cref="Side"/>] bytes, red first, the layout a network's
/// NCHW input has. The texture's value noise interpolates a random lattice with 3t^2 - 2t^3 (Perlin 1985).
/// </remarks>
public sealed class FrameGenerator(ulong seed)
{
    public const int ItemSide = 28;
    public const int Side = 96;
    public const int Channels = 3;

    /// <summary>Bytes of one frame.</summary>
    public const int FrameBytes = Channels * Side * Side;

    private const int SmallestItem = 40;
    private const int LargestItem = 72;

    public ulong Seed { get; } = seed;

    /// <param name="index">The item's index in its source file; frames of different indices share nothing.</param>
    /// <param name="item">28 x 28 grey values, rows first.</param>
    /// <param name="frame">Receives <see cref="FrameBytes"/> bytes; nothing is allocated.</param>
    public void Make(int index, ReadOnlySpan<byte> item, Span<byte> frame)
    {
        if (item.Length != ItemSide * ItemSide)
            throw new ArgumentException($"an item has {ItemSide * ItemSide} bytes, not {item.Length}", nameof(item));
        if (frame.Length != FrameBytes)
            throw new ArgumentException($"a frame has {FrameBytes} bytes, not {frame.Length}", nameof(frame));

        var rng = Rng.Keyed(Seed, 0, (ulong)index, RngPurpose.Image);
        Paint(ref rng, frame);
        Place(ref rng, item, frame);
        AddNoise(ref rng, frame);
    }

    /// <summary>The background: a texture's weight blends two dim colours, a second, finer texture shades them.</summary>
    private static void Paint(ref Rng rng, Span<byte> frame)
    {
        Span<byte> weight = stackalloc byte[Side * Side];
        Span<byte> shade = stackalloc byte[Side * Side];
        Texture.Fill(ref rng, (TextureKind)rng.NextInt(Texture.Kinds), weight);
        Texture.Fill(ref rng, TextureKind.Noise, shade);
        for (var channel = 0; channel < Channels; channel++)
        {
            var low = 16 + rng.NextInt(80);
            var span = rng.NextInt(129) - 64;
            var high = Math.Clamp(low + span, 8, 144);
            var plane = frame.Slice(channel * Side * Side, Side * Side);
            for (var i = 0; i < plane.Length; i++)
            {
                var value = low + ((high - low) * weight[i] >> 8);
                plane[i] = (byte)(value * (224 + (shade[i] >> 2)) >> 8);
            }
        }
    }

    /// <summary>The item, bilinearly scaled to a random square wholly inside the frame; its own grey is also its opacity.</summary>
    private static void Place(ref Rng rng, ReadOnlySpan<byte> item, Span<byte> frame)
    {
        var size = SmallestItem + rng.NextInt(LargestItem - SmallestItem + 1);
        var left = rng.NextInt(Side - size + 1);
        var top = rng.NextInt(Side - size + 1);
        Span<int> tint = stackalloc int[Channels];
        for (var channel = 0; channel < Channels; channel++)
            tint[channel] = 192 + rng.NextInt(65);

        for (var y = 0; y < size; y++)
        {
            var v = SourceAt(y, size);
            for (var x = 0; x < size; x++)
            {
                var grey = Bilinear(item, SourceAt(x, size), v);
                var opacity = Math.Min(256, grey * 6);
                var lit = 64 + grey * 3 / 4;
                var at = (top + y) * Side + left + x;
                for (var channel = 0; channel < Channels; channel++)
                {
                    var under = frame[channel * Side * Side + at];
                    var over = lit * tint[channel] >> 8;
                    frame[channel * Side * Side + at] = (byte)(under + ((over - under) * opacity >> 8));
                }
            }
        }
    }

    /// <summary>Triangular noise of standard deviation 1.6 to 4.9 levels, independent for every sample as in a sensor.</summary>
    private static void AddNoise(ref Rng rng, Span<byte> frame)
    {
        var strength = 2 + rng.NextInt(5);
        for (var i = 0; i < frame.Length; i += 8)
        {
            var bits = rng.NextUInt64();
            for (var j = i; j < i + 8; j++, bits >>= 8)
            {
                var noise = (int)(bits & 15) - (int)((bits >> 4) & 15);
                frame[j] = (byte)Math.Clamp(frame[j] + (noise * strength >> 3), 0, 255);
            }
        }
    }

    /// <summary>Centre of pixel <paramref name="at"/> of <paramref name="size"/> in the item, in 1/256 of an item pixel.</summary>
    private static int SourceAt(int at, int size) =>
        Math.Clamp((2 * at + 1) * ItemSide * 128 / size - 128, 0, (ItemSide - 1) * 256);

    private static int Bilinear(ReadOnlySpan<byte> item, int u, int v)
    {
        int x = u >> 8, y = v >> 8, fx = u & 255, fy = v & 255;
        int right = Math.Min(x + 1, ItemSide - 1), below = Math.Min(y + 1, ItemSide - 1);
        var upper = item[y * ItemSide + x] * (256 - fx) + item[y * ItemSide + right] * fx;
        var lower = item[below * ItemSide + x] * (256 - fx) + item[below * ItemSide + right] * fx;
        return (upper * (256 - fy) + lower * fy) >> 16;
    }
}
