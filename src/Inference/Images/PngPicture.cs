using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using RlOffload.Environment;

namespace RlOffload.Inference.Images;

/// <summary>
/// Reads PNG pictures (ISO/IEC 15948; all colour types and depths, not interlaced) as a network's input has them. Nothing is scaled, cropped or corrected:
/// alpha and gamma are left out, of 16 bits the upper 8 are kept; a grey network gets the luma of ITU-R BT.601, a colour network grey three times.
/// </summary>
public sealed class PngPicture
{
    private readonly string _name;
    private readonly PixelLayout _layout;
    private readonly byte[] _palette = new byte[3 * 256];
    private int _depth, _colours;
    private PngColour _colour;

    private PngPicture(string name, in PixelLayout layout) => (_name, _layout) = (name, layout);

    public static bool Is(ReadOnlySpan<byte> file) => file.StartsWith(PngChunks.Signature);

    /// <param name="name">Of the file, for what is said of it.</param>
    /// <param name="pixels">Receives <see cref="PixelLayout.Bytes"/>.</param>
    /// <exception cref="InputException">It is no such picture, damaged, or of another size than <paramref name="layout"/>.</exception>
    public static void Read(string name, ReadOnlySpan<byte> file, in PixelLayout layout, Span<byte> pixels)
    {
        if (pixels.Length != layout.Bytes)
            throw new ArgumentException($"a picture has {layout.Bytes} bytes, not {pixels.Length}", nameof(pixels));
        if (!Is(file))
            throw new InputException(name, "signature", "is not that of a PNG picture");
        new PngPicture(name, layout).Read(file, pixels);
    }

    private void Read(ReadOnlySpan<byte> file, Span<byte> pixels)
    {
        using var packed = new MemoryStream();
        for (var at = PngChunks.Signature.Length; ;)
        {
            var length = file.Length - at < PngChunks.Frame ? uint.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - PngChunks.Frame)
                throw Wrong("IEND", "is missing: the picture ends in the middle");
            var body = file.Slice(at + 4, 4 + (int)length);
            var type = Encoding.Latin1.GetString(body[..4]);
            if (PngChunks.Crc(body) != BinaryPrimitives.ReadUInt32BigEndian(file[(at + 4 + body.Length)..]))
                throw Wrong(type, "has another checksum than its bytes: the picture is damaged");
            if ((at == PngChunks.Signature.Length) != (type == "IHDR"))
                throw Wrong("IHDR", "is not the first chunk alone");
            var data = body[4..];
            switch (type)
            {
                case "IHDR":
                    ReadHeader(data);
                    break;
                case "PLTE":
                    ReadPalette(data);
                    break;
                case "IDAT":
                    packed.Write(data);
                    break;
                case "IEND":
                    packed.Position = 0;
                    ReadRows(packed, pixels);
                    return;
                default:
                    // A small first letter marks what may be passed over (5.4).
                    if (body[0] < 'a')
                        throw Wrong(type, "is a chunk that this reader does not know and may not pass over");
                    break;
            }
            at += PngChunks.Frame + (int)length;
        }
    }

    private void ReadHeader(ReadOnlySpan<byte> data)
    {
        if (data.Length != 13)
            throw Wrong("IHDR", $"has {data.Length} bytes, allowed is 13");
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(data), BinaryPrimitives.ReadUInt32BigEndian(data[4..]));
        if (width != _layout.Width || height != _layout.Height)
            throw Wrong("size", $"is {width} x {height}, allowed is {_layout.Width} x {_layout.Height}, that of the network's input: scale or crop it first");
        (_depth, _colour) = (data[8], (PngColour)data[9]);
        var depths = _colour switch
        {
            PngColour.Grey => [1, 2, 4, 8, 16],
            PngColour.Palette => [1, 2, 4, 8],
            PngColour.Rgb or PngColour.GreyAlpha or PngColour.RgbAlpha => (int[])[8, 16],
            _ => throw Wrong("colour type", $"is {data[9]}, allowed is 0, 2, 3, 4 or 6"),
        };
        if (!depths.Contains(_depth))
            throw Wrong("bit depth", $"is {_depth}, allowed with colour type {data[9]} is {string.Join(", ", depths)}");
        if (data[10] != 0 || data[11] != 0)
            throw Wrong("IHDR", $"names compression {data[10]} and filters {data[11]}, allowed is 0 for both");
        if (data[12] != 0)
            throw Wrong("interlace", $"is {data[12]}, allowed is 0: save it without interlacing");
    }

    private void ReadPalette(ReadOnlySpan<byte> data)
    {
        if (data.Length == 0 || data.Length > _palette.Length || data.Length % 3 != 0)
            throw Wrong("PLTE", $"has {data.Length} bytes, allowed is 3 for each of 1 to 256 colours");
        data.CopyTo(_palette);
        _colours = data.Length / 3;
    }

    private void ReadRows(Stream packed, Span<byte> pixels)
    {
        var samples = _colour switch { PngColour.Rgb => 3, PngColour.GreyAlpha => 2, PngColour.RgbAlpha => 4, _ => 1 };
        var rowBytes = (_layout.Width * samples * _depth + 7) / 8;
        var (row, above) = (new byte[1 + rowBytes], new byte[1 + rowBytes]);
        using var inflate = new ZLibStream(packed, CompressionMode.Decompress);
        try
        {
            for (var y = 0; y < _layout.Height; y++)
            {
                inflate.ReadExactly(row);
                if (!PngFilter.Undo(row[0], row.AsSpan(1), above.AsSpan(1), Math.Max(1, samples * _depth / 8)))
                    throw Wrong("IDAT", $"has filter {row[0]} in row {y}, allowed is 0 to 4");
                for (var x = 0; x < _layout.Width; x++)
                    Put(pixels, x, y, Colour(row.AsSpan(1), x, samples));
                (row, above) = (above, row);
            }
            // Only at its end is the stream held against its checksum.
            if (inflate.ReadByte() >= 0)
                throw Wrong("IDAT", $"has more than the {_layout.Height} rows of the picture");
        }
        // An IOException is the end of the stream, or a dictionary that it wants.
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw Wrong("IDAT", $"cannot be inflated to {_layout.Height} rows of {rowBytes} bytes");
        }
    }

    private (byte Red, byte Green, byte Blue) Colour(ReadOnlySpan<byte> row, int x, int samples)
    {
        if (_colour == PngColour.Palette)
        {
            var index = Bits(row, x);
            return index < _colours ? (_palette[3 * index], _palette[3 * index + 1], _palette[3 * index + 2])
                : throw Wrong("PLTE", $"has {_colours} colours, and a pixel wants number {index}");
        }
        var (step, at) = (_depth / 8, x * samples * _depth / 8);
        if (samples >= 3)
            return (row[at], row[at + step], row[at + 2 * step]);
        var grey = step > 0 ? row[at] : (byte)(Bits(row, x) * 255 / ((1 << _depth) - 1));
        return (grey, grey, grey);
    }

    /// <summary>Sample x of a row of one sample a pixel, 1 to 8 bits, the leftmost in the upper ones.</summary>
    private int Bits(ReadOnlySpan<byte> row, int x) => (row[x * _depth / 8] >> (8 - _depth - x * _depth % 8)) & ((1 << _depth) - 1);

    private void Put(Span<byte> pixels, int x, int y, (byte Red, byte Green, byte Blue) c)
    {
        if (_layout.Channels == 1)
        {
            pixels[_layout.At(x, y, 0)] = (byte)((299 * c.Red + 587 * c.Green + 114 * c.Blue + 500) / 1000);
            return;
        }
        pixels[_layout.At(x, y, 0)] = c.Red;
        pixels[_layout.At(x, y, 1)] = c.Green;
        pixels[_layout.At(x, y, 2)] = c.Blue;
    }

    private InputException Wrong(string key, string problem) => new(_name, key, problem);

    /// <summary>Colour types (table 11.1).</summary>
    private enum PngColour
    {
        Grey = 0,
        Rgb = 2,
        Palette = 3,
        GreyAlpha = 4,
        RgbAlpha = 6,
    }
}
