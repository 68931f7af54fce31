using RlOffload.Environment;

namespace RlOffload.Inference.Images;

internal enum TextureKind
{
    Noise, Gradient, Stripes, Checker, Rings, Boxes,
}

/// <summary>Background textures as weights 0..255, one for every pixel of a frame; integers only.</summary>
internal static class Texture
{
    public const int Kinds = 6;

    private const int Side = FrameGenerator.Side;
    private const int CoarsestCell = 32;
    private const int MostLatticePoints = (Side / 8 + 1) * (Side / 8 + 1);

    public static void Fill(ref Rng rng, TextureKind kind, Span<byte> weight)
    {
        switch (kind)
        {
            case TextureKind.Noise: Noise(ref rng, weight); break;
            case TextureKind.Gradient: Gradient(ref rng, weight); break;
            case TextureKind.Stripes: Stripes(ref rng, weight); break;
            case TextureKind.Checker: Checker(ref rng, weight); break;
            case TextureKind.Rings: Rings(ref rng, weight); break;
            case TextureKind.Boxes: Boxes(ref rng, weight); break;
            default: throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such texture");
        }
    }

    /// <summary>Three octaves of value noise with cells of 32, 16 and 8 pixels and weights 4, 2, 1.</summary>
    private static void Noise(ref Rng rng, Span<byte> weight)
    {
        Span<byte> lattice = stackalloc byte[MostLatticePoints];
        Span<int> sum = stackalloc int[Side * Side];
        for (int cell = CoarsestCell, gain = 4; gain > 0; cell /= 2, gain /= 2)
        {
            var points = Side / cell + 1;
            for (var i = 0; i < points * points; i++)
                lattice[i] = (byte)rng.NextInt(256);
            for (var y = 0; y < Side; y++)
            {
                var row = y / cell * points;
                var fy = Smooth(y % cell * 256 / cell);
                for (var x = 0; x < Side; x++)
                {
                    var at = row + x / cell;
                    var fx = Smooth(x % cell * 256 / cell);
                    var upper = lattice[at] * (256 - fx) + lattice[at + 1] * fx;
                    var lower = lattice[at + points] * (256 - fx) + lattice[at + points + 1] * fx;
                    sum[y * Side + x] += gain * ((upper * (256 - fy) + lower * fy) >> 16);
                }
            }
        }
        for (var i = 0; i < weight.Length; i++)
            weight[i] = (byte)(sum[i] / 7);
    }

    /// <summary>3t^2 - 2t^3 for t in 1/256.</summary>
    private static int Smooth(int t) => t * t * (768 - 2 * t) >> 16;

    private static void Gradient(ref Rng rng, Span<byte> weight)
    {
        var (dx, dy) = Direction(ref rng);
        var length = (Math.Abs(dx) + Math.Abs(dy)) * (Side - 1);
        var from = (dx < 0 ? dx * (Side - 1) : 0) + (dy < 0 ? dy * (Side - 1) : 0);
        for (var i = 0; i < weight.Length; i++)
            weight[i] = (byte)((i % Side * dx + i / Side * dy - from) * 255 / length);
    }

    /// <summary>Bands with ramped edges, in any of the directions of <see cref="Direction"/>.</summary>
    private static void Stripes(ref Rng rng, Span<byte> weight)
    {
        var (dx, dy) = Direction(ref rng);
        var period = (Math.Abs(dx) + Math.Abs(dy)) * (6 + rng.NextInt(18));
        var offset = period * 1024 + rng.NextInt(period);
        for (var i = 0; i < weight.Length; i++)
        {
            var phase = (offset + i % Side * dx + i / Side * dy) % period * 1024 / period;
            weight[i] = (byte)Math.Clamp(Math.Abs(phase - 512) * 2 - 384, 0, 255);
        }
    }

    private static void Checker(ref Rng rng, Span<byte> weight)
    {
        var cell = 6 + rng.NextInt(15);
        int left = rng.NextInt(cell), top = rng.NextInt(cell);
        for (var i = 0; i < weight.Length; i++)
            weight[i] = (byte)((((i % Side + left) / cell + (i / Side + top) / cell) & 1) * 255);
    }

    /// <summary>Rings around a random point, narrower outwards because the squared distance is taken.</summary>
    private static void Rings(ref Rng rng, Span<byte> weight)
    {
        int centreX = rng.NextInt(Side), centreY = rng.NextInt(Side);
        var width = 256 + rng.NextInt(768);
        for (var i = 0; i < weight.Length; i++)
        {
            int x = i % Side - centreX, y = i / Side - centreY;
            var phase = (x * x + y * y) % width * 1024 / width;
            weight[i] = (byte)Math.Clamp(Math.Abs(phase - 512) / 2, 0, 255);
        }
    }

    /// <summary>Overlapping rectangles of random brightness: clutter with straight edges, as an item has.</summary>
    private static void Boxes(ref Rng rng, Span<byte> weight)
    {
        weight.Fill((byte)rng.NextInt(256));
        for (var count = 6 + rng.NextInt(7); count > 0; count--)
        {
            int width = 10 + rng.NextInt(40), height = 10 + rng.NextInt(40);
            int left = rng.NextInt(Side - width), top = rng.NextInt(Side - height);
            var value = (byte)rng.NextInt(256);
            for (var y = top; y < top + height; y++)
                weight.Slice(y * Side + left, width).Fill(value);
        }
    }

    /// <summary>A direction with small whole steps, never (0, 0).</summary>
    private static (int Dx, int Dy) Direction(ref Rng rng)
    {
        var dx = rng.NextInt(9) - 4;
        var dy = rng.NextInt(9) - 4;
        return dx == 0 && dy == 0 ? (1, 0) : (dx, dy);
    }
}
