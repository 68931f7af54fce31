using System.IO.Compression;
using System.Runtime.InteropServices;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;

namespace RlOffload.Inference.Codec;

/// <summary>
/// The network's input as the bytes of an image: turned into input numbers by the profile's scale on either side, and sent raw or through Deflate
/// (RFC 1951). Turning allocates nothing; compressing does.
/// </summary>
public sealed class PixelCodec
{
    private readonly float[][]? _numbers;

    /// <exception cref="InputException">The input is of no type that pixels are.</exception>
    public PixelCodec(ModelProfile profile)
    {
        ImageBytes = checked((int)profile.Cuts[0].Elements);
        if (profile.Model.InputType == "uint8")
            return;
        if (profile.Model.InputType is not ("float" or "float32"))
            throw new InputException(profile.Model.Path, "model.input_type", $"is {profile.Model.InputType}, allowed is float or uint8 where images are sent");
        var scale = profile.Model.Pixels ?? new PixelScale(1.0 / 255, [0], [1]);
        _numbers = [.. scale.Mean.Zip(scale.Std).Select(c => Enumerable.Range(0, 256).Select(b => (float)((b * scale.Scale - c.First) / c.Second)).ToArray())];
    }

    /// <summary>Bytes of one image, one a number of the input.</summary>
    public int ImageBytes { get; }

    /// <summary>Writes the input numbers of an image: (byte * scale - mean[channel]) / std[channel], channels first; bytes as they are where the input is of bytes.</summary>
    public void Fill(ReadOnlySpan<byte> pixels, Span<byte> input)
    {
        if (_numbers is null)
        {
            pixels.CopyTo(input);
            return;
        }
        var numbers = MemoryMarshal.Cast<byte, float>(input);
        var plane = pixels.Length / _numbers.Length;
        for (var channel = 0; channel < _numbers.Length; channel++)
        {
            var table = _numbers[channel];
            var from = pixels.Slice(channel * plane, plane);
            var to = numbers.Slice(channel * plane, plane);
            for (var i = 0; i < from.Length; i++)
                to[i] = table[from[i]];
        }
    }

    /// <summary>At the level that the profile's sizes were measured with.</summary>
    public static byte[] Deflate(ReadOnlySpan<byte> pixels)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(pixels);
        return packed.ToArray();
    }

    /// <returns>False where the bytes are no Deflate stream or not of exactly this many pixels; never reads further than that.</returns>
    public static bool TryInflate(byte[] packed, int offset, int count, Span<byte> pixels)
    {
        using var stream = new DeflateStream(new MemoryStream(packed, offset, count, writable: false), CompressionMode.Decompress);
        try
        {
            return stream.ReadAtLeast(pixels, pixels.Length, throwOnEndOfStream: false) == pixels.Length && stream.ReadByte() < 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
