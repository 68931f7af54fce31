namespace RlOffload.Inference.Images;

/// <summary>How a network's input holds a picture, one byte a number.</summary>
/// <param name="Channels">1 (grey) or 3 (red, green, blue).</param>
/// <param name="Planar">A channel after the other (NCHW); else a pixel's channels side by side (NHWC).</param>
public readonly record struct PixelLayout(int Width, int Height, int Channels, bool Planar)
{
    public int Bytes => Width * Height * Channels;

    /// <param name="shape">Of the input: [C, H, W], [H, W, C] or the same behind a batch of one.</param>
    /// <returns>Null where that is no picture of one or three channels.</returns>
    public static PixelLayout? Of(IReadOnlyList<long> shape)
    {
        if (shape.Count is < 3 or > 4 || shape.Any(s => s is < 1 or > ushort.MaxValue) || (shape.Count == 4 && shape[0] != 1))
            return null;
        var (a, b, c) = ((int)shape[^3], (int)shape[^2], (int)shape[^1]);
        return a is 1 or 3 ? new(c, b, a, Planar: true) : c is 1 or 3 ? new(b, a, c, Planar: false) : null;
    }

    /// <summary>Where a channel of a pixel is.</summary>
    public int At(int x, int y, int channel) => Planar ? (channel * Height + y) * Width + x : (y * Width + x) * Channels + channel;
}
