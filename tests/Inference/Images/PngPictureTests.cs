using System.Security.Cryptography;
using RlOffload.Environment;
using RlOffload.Inference.Images;

namespace RlOffload.Tests.Inference.Images;

public sealed class PngPictureTests
{
    private const int Width = 11, Height = 10;

    private static readonly PixelLayout Planar = new(Width, Height, 3, Planar: true), Grey = new(Width, Height, 1, Planar: true);

    public static TheoryData<int, int> Kinds => new()
    {
        { 0, 1 }, { 0, 2 }, { 0, 4 }, { 0, 8 }, { 0, 16 }, { 2, 8 }, { 2, 16 }, { 3, 1 }, { 3, 2 }, { 3, 4 }, { 3, 8 }, { 4, 8 }, { 4, 16 }, { 6, 8 }, { 6, 16 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryKindOfPictureIsReadUnderEveryFilter(int colour, int depth)
    {
        var rng = new Rng(7);
        var samples = colour switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        var rows = new byte[Height][];
        var palette = new byte[3 * (1 << Math.Min(depth, 8))];
        for (var i = 0; i < palette.Length; i++)
            palette[i] = (byte)rng.NextInt(256);
        var wanted = new byte[Planar.Bytes];
        for (var y = 0; y < Height; y++)
        {
            rows[y] = new byte[(Width * samples * depth + 7) / 8];
            for (var x = 0; x < Width; x++)
            {
                var values = new int[samples];
                for (var s = 0; s < samples; s++)
                    Set(rows[y], x * samples + s, depth, values[s] = rng.NextInt(1 << depth));
                for (var channel = 0; channel < 3; channel++)
                    wanted[(channel * Height + y) * Width + x] = colour == 3 ? palette[3 * values[0] + channel]
                        : depth == 16 ? (byte)(values[samples >= 3 ? channel : 0] / 256)
                        : (byte)(values[samples >= 3 ? channel : 0] * (255 / ((1 << depth) - 1)));
            }
        }
        var file = PngSample.Make(Width, Height, depth, colour, rows, y => y % 5, Math.Max(1, samples * depth / 8), colour == 3 ? palette : null);
        Assert.Equal(wanted, Read(file, Planar));

        var sideBySide = Read(file, Planar with { Planar = false });
        Assert.Equal([wanted[3], wanted[Width * Height + 3], wanted[2 * Width * Height + 3]], sideBySide[9..12]);
        var grey = Read(file, Grey);
        Assert.All(Enumerable.Range(0, Width * Height), i =>
            Assert.Equal(.299 * wanted[i] + .587 * wanted[Width * Height + i] + .114 * wanted[2 * Width * Height + i], grey[i], 0.5001));
    }

    /// <summary>A page of gradients as Chromium saved it. The hash is of what another program reads in it: pixels row by row, three bytes each.</summary>
    [Fact]
    public void APictureOfABrowserIsReadAsAnotherReaderReadsIt() =>
        Assert.Equal("840CBB2C48667871CE79518DFD53FA92FE6AB4A12B288ED3560FE215D5D94435",
            Convert.ToHexString(SHA256.HashData(Read(File.ReadAllBytes(Repository.At("tests/golden/browser.png")), new PixelLayout(64, 48, 3, Planar: false)))));

    [Fact]
    public void AFrameOfASheetComesBackAsItWas()
    {
        using var folder = new TemporaryFolder();
        var set = FrameSet.Open(Repository.At("models/fashion-test-1000-images-idx3-ubyte.gz"), count: 1);
        ContactSheet.Write(set, folder.At("one.png"));
        var frame = new byte[FrameGenerator.FrameBytes];
        set.Frame(0, frame);
        Assert.Equal(frame, Read(File.ReadAllBytes(folder.At("one.png")), PixelLayout.Of([1, 3, FrameGenerator.Side, FrameGenerator.Side])!.Value));
    }

    [Fact]
    public void WhatIsNoSuchPictureIsNamedWithWhatIsAllowed()
    {
        var whole = Picture();
        Says("x.png:signature: is not that of a PNG", new byte[200]);
        Says("x.png:IEND: is missing", whole[..^12]);
        Says("x.png:IEND: is missing", whole[..40]);
        Says("x.png:IDAT: has another checksum", With(whole, whole.Length - 20, (byte)(whole[^20] ^ 1)));
        Says("x.png:size: is 11 x 10, allowed is 5 x 5", whole, new PixelLayout(5, 5, 3, true));
        Says("x.png:bit depth: is 4, allowed with colour type 2 is 8, 16", Picture(depth: 4));
        Says("x.png:colour type: is 5, allowed is 0, 2, 3, 4 or 6", Picture(colour: 5));
        Says("x.png:interlace: is 1, allowed is 0", Picture(interlace: 1));
        Says("x.png:IDAT: has filter 9 in row 3, allowed is 0 to 4", Picture(filter: y => y == 3 ? 9 : 0));
        Says("x.png:IDAT: cannot be inflated to 10 rows", Picture(rows: Height - 1));
        Says("x.png:IDAT: cannot be inflated to 10 rows", Picture(idat: [0x78, 0xBB, 1, 2, 3, 4, 5, 6])); // wants a dictionary
        Says("x.png:IDAT: has more than the 10 rows", Picture(rows: Height + 1));
        Says("x.png:PLTE: has 2 colours, and a pixel wants number", Picture(colour: 3, palette: new byte[6]));
        Says("x.png:PLTE: has 5 bytes", Picture(colour: 3, palette: new byte[5]));
        Says("x.png:ABCD: is a chunk that this reader does not know", Picture(extra: PngSample.Chunk("ABCD", [1])));
        Says("x.png:IHDR: is not the first chunk alone", Picture(extra: PngSample.Chunk("IHDR", new byte[13])));
        Assert.False(PngPicture.Is("GIF89a"u8));
    }

    [Fact]
    public void TheLayoutIsThatOfTheInputAndNothingWithOtherChannelsIsAPicture()
    {
        Assert.Equal(new PixelLayout(32, 24, 3, true), PixelLayout.Of([1, 3, 24, 32]));
        Assert.Equal(new PixelLayout(28, 28, 1, true), PixelLayout.Of([1, 28, 28]));
        Assert.Equal(new PixelLayout(32, 24, 3, false), PixelLayout.Of([1, 24, 32, 3]));
        Assert.Null(PixelLayout.Of([1, 4, 24, 32]));
        Assert.Null(PixelLayout.Of([8, 3, 24, 32]));
        Assert.Null(PixelLayout.Of([1, 1000]));
    }

    private static byte[] Picture(int depth = 8, int colour = 2, int rows = Height, Func<int, int>? filter = null, byte[]? palette = null, int interlace = 0, byte[]? extra = null, byte[]? idat = null) =>
        PngSample.Make(Width, Height, depth, colour, [.. Enumerable.Range(0, rows).Select(y => Enumerable.Repeat((byte)(y + 3), colour == 3 ? Width : 3 * Width).ToArray())], filter ?? (_ => 0), 3, palette, interlace, idat is null ? extra : PngSample.Chunk("IDAT", idat));

    private static byte[] Read(byte[] file, in PixelLayout layout)
    {
        var pixels = new byte[layout.Bytes];
        PngPicture.Read("x.png", file, layout, pixels);
        return pixels;
    }

    private static void Says(string start, byte[] file, PixelLayout? layout = null) =>
        Assert.StartsWith(start, Assert.Throws<InputException>(() => Read(file, layout ?? Planar)).Message, StringComparison.Ordinal);

    private static byte[] With(byte[] file, int at, byte value)
    {
        byte[] copy = [.. file];
        copy[at] = value;
        return copy;
    }

    private static void Set(byte[] row, int sample, int depth, int value)
    {
        if (depth == 16)
            (row[2 * sample], row[2 * sample + 1]) = ((byte)(value >> 8), (byte)value);
        else
            row[sample * depth / 8] |= (byte)(value << (8 - depth - sample * depth % 8));
    }
}
