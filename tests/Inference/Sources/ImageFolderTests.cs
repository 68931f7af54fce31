using RlOffload.Environment;
using RlOffload.Inference.Images;
using RlOffload.Inference.Sources;
using RlOffload.Tests.Inference.Images;

namespace RlOffload.Tests.Inference.Sources;

public sealed class ImageFolderTests : IDisposable
{
    private const int Side = 6;

    private static readonly long[] Shape = [1, 3, Side, Side];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PicturesAndRawFilesComeInTheOrderOfTheirNames()
    {
        var raw = Enumerable.Range(0, 3 * Side * Side).Select(i => (byte)i).ToArray();
        File.WriteAllBytes(_folder.At("2.raw"), raw);
        File.WriteAllBytes(_folder.At("1.png"), Picture(Side, 9));
        File.WriteAllBytes(_folder.At(".hidden"), [1]);

        var folder = new ImageFolder(_folder.Root, raw.Length, Shape);
        Assert.Equal(2, folder.Count);
        var pixels = new byte[raw.Length];
        folder.Fill(0, pixels);
        Assert.All(pixels, p => Assert.Equal(9, p));
        folder.Fill(1, pixels);
        Assert.Equal(raw, pixels);
    }

    [Fact]
    public void AllBadFilesAreToldAtOnceBeforeTheFirstRequest()
    {
        File.WriteAllBytes(_folder.At("big.png"), Picture(Side + 1, 9));
        File.WriteAllBytes(_folder.At("short.raw"), new byte[5]);
        File.WriteAllBytes(_folder.At("torn.png"), Picture(Side, 9)[..50]);
        var problems = Assert.Throws<InputException>(() => new ImageFolder(_folder.Root, 3 * Side * Side, Shape)).Problems;
        Assert.Equal(3, problems.Count);
        Assert.Contains("big.png:size: is 7 x 7, allowed is 6 x 6", problems[0], StringComparison.Ordinal);
        Assert.Contains("short.raw:length: is 5 bytes, allowed is 108", problems[1], StringComparison.Ordinal);
        Assert.Contains("torn.png:IEND: is missing", problems[2], StringComparison.Ordinal);
    }

    [Fact]
    public void AnEmptyFolderAndAFileThatWentAreSaid()
    {
        Assert.Contains("holds no file", Assert.Throws<InputException>(() => new ImageFolder(_folder.Root, 108, Shape)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(_folder.At("1.png"), Picture(Side, 9));
        var folder = new ImageFolder(_folder.Root, 108, Shape);
        File.Delete(_folder.At("1.png"));
        Assert.Contains("1.png:file: cannot be read", Assert.Throws<InputException>(() => folder.Fill(0, new byte[108])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhereTheInputIsNoPictureFilesAreRawBytes()
    {
        var png = Picture(Side, 9);
        File.WriteAllBytes(_folder.At("1.png"), png);
        var pixels = new byte[png.Length];
        new ImageFolder(_folder.Root, png.Length, [1, png.Length]).Fill(0, pixels);
        Assert.Equal(png, pixels);
    }

    private static byte[] Picture(int side, byte value) =>
        PngSample.Make(side, side, 8, 2, [.. Enumerable.Range(0, side).Select(_ => Enumerable.Repeat(value, 3 * side).ToArray())], y => y % 5, 3);
}
