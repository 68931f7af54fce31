using System.Buffers.Binary;
using System.IO.Compression;
using RlOffload.Inference.Images;

namespace RlOffload.Tests.Inference.Images;

public sealed class ContactSheetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ThePictureHoldsTheFramesPixelsRowByRow()
    {
        var path = Path.Combine(_folder.Root, "sheet.png");
        var set = FrameSet.Open(Repository.At("models/fashion-test-1000-images-idx3-ubyte.gz"), count: 10);
        ContactSheet.Write(set, path);

        var png = File.ReadAllBytes(path);
        Assert.Equal("89504E470D0A1A0A0000000D49484452", Convert.ToHexString(png[..16]));
        Assert.Equal(8 * 96, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
        Assert.Equal(2 * 96, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
        // The last chunk is always the same 12 bytes, so it tests the checksum too.
        Assert.Equal("0000000049454E44AE426082", Convert.ToHexString(png[^12..]));

        var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(33));
        using var inflate = new ZLibStream(new MemoryStream(png, 41, length), CompressionMode.Decompress);
        using var rows = new MemoryStream();
        inflate.CopyTo(rows);
        Assert.Equal(192 * (1 + 768 * 3), rows.Length);
        var frame = new byte[FrameGenerator.FrameBytes];
        set.Frame(9, frame);
        // Frame 9 is the second of the second row; its pixel (x 7, y 5).
        var at = (96 + 5) * (1 + 768 * 3) + 1 + (96 + 7) * 3;
        Assert.Equal([frame[5 * 96 + 7], frame[9216 + 5 * 96 + 7], frame[2 * 9216 + 5 * 96 + 7]], rows.ToArray()[at..(at + 3)]);
    }
}
