using System.IO.Compression;
using RlOffload.Environment;
using RlOffload.Inference.Images;

namespace RlOffload.Tests.Inference.Images;

public sealed class IdxFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.idx")]
    [InlineData("a.idx.gz")]
    public void WhatIsWrittenIsReadBack(string name)
    {
        byte[] values = [1, 2, 3, 4, 5, 6, 250, 251, 252, 253, 254, 255];
        using (var writer = new IdxWriter(At(name), 2, 3, 2))
        {
            writer.Write(values.AsSpan(0, 6));
            writer.Write(values.AsSpan(6));
            writer.Commit();
        }

        var file = IdxFile.Read(At(name));

        Assert.Equal([2, 3, 2], file.Shape);
        Assert.Equal(6, file.RecordBytes);
        Assert.Equal(values[..6], file.Record(0).ToArray());
        Assert.Equal(values[6..], file.Record(1).ToArray());
        Assert.Equal([name], Directory.GetFiles(_folder.Root).Select(Path.GetFileName));
    }

    [Fact]
    public void TheShippedItemsAreTheOriginalsFirstThousand()
    {
        var images = IdxFile.Read(Repository.At("models/fashion-test-1000-images-idx3-ubyte.gz"));
        var labels = IdxFile.Read(Repository.At("models/fashion-test-1000-labels-idx1-ubyte.gz"));

        Assert.Equal([1000, 28, 28], images.Shape);
        Assert.Equal([1000], labels.Shape);
        // Fashion-MNIST's test labels begin so.
        Assert.Equal([9, 2, 1, 1, 6, 1, 4, 6, 5, 7], Enumerable.Range(0, 10).Select(i => (int)labels.Record(i)[0]));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0 }, ":magic: the file ends")]
    [InlineData(new byte[] { 0, 0, 9, 1, 0, 0, 0, 1, 5 }, ":magic: is 0x00000901")]
    [InlineData(new byte[] { 0, 0, 8, 0 }, ":magic: is 0x00000800")]
    [InlineData(new byte[] { 0, 0, 8, 5, 0, 0, 0, 1 }, ":magic: is 0x00000805")]
    [InlineData(new byte[] { 0, 0, 8, 2, 0, 0, 0, 1 }, ":dimensions: the file ends")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 0 }, ":dimensions: number 1 is 0")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0xFF, 0, 0, 0 }, ":dimensions: number 1 is -")]
    [InlineData(new byte[] { 0, 0, 8, 4, 0x7F, 0, 0, 0, 0x7F, 0, 0, 0, 0x7F, 0, 0, 0, 0x7F, 0, 0, 0 }, ":dimensions: 2130706432x")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 3, 7, 7 }, ":values: the file ends after 2 of the 3")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 1, 7, 7 }, ":values: the file goes on after the 1")]
    public void AFileThatIsNoSuchIdxIsRefusedByNameAndKey(byte[] content, string problem)
    {
        File.WriteAllBytes(At("bad.idx"), content);

        var refused = Assert.Throws<InputException>(() => IdxFile.Read(At("bad.idx")));

        Assert.StartsWith(At("bad.idx") + problem, Assert.Single(refused.Problems));
    }

    [Fact]
    public void AMissingFileAndAGzThatIsNoneAreRefused()
    {
        File.WriteAllText(At("text.gz"), "no gzip");
        using (var gzip = new GZipStream(File.Create(At("cut.gz")), CompressionLevel.NoCompression))
            gzip.Write(IdxFile.Read(Repository.At("models/fashion-test-1000-labels-idx1-ubyte.gz")).Record(0));

        Assert.StartsWith(At("absent.idx") + ":file:", Problem("absent.idx"));
        Assert.StartsWith(At("text.gz") + ":file:", Problem("text.gz"));
        Assert.StartsWith(At("cut.gz") + ":magic:", Problem("cut.gz"));
    }

    private string Problem(string name) => Assert.Throws<InputException>(() => IdxFile.Read(At(name))).Problems[0];

    private string At(string name) => Path.Combine(_folder.Root, name);
}
