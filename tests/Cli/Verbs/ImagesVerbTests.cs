using RlOffload.Inference.Images;

namespace RlOffload.Tests.Cli.Verbs;

public sealed class ImagesVerbTests : IDisposable
{
    private static readonly string Items = Repository.At("models/fashion-test-1000-images-idx3-ubyte.gz");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void MakeWritesFramesLabelsAndAPreview()
    {
        string frames = At("frames.idx"), preview = At("frames.png");

        var (exit, output, errors) = CommandLine.Run(
            "images", "make", "--source", Items, "--out", frames, "--seed", "4", "--first", "100", "--count", "20", "--preview", preview);

        Assert.True(exit == 0, errors);
        Assert.Contains("20 frames [20, 3, 96, 96] of items 100 to 119, seed 4", output);
        Assert.True(File.Exists(preview));
        var written = FrameSet.Open(frames);
        var expected = FrameSet.Open(Items, seed: 4, first: 100, count: 20);
        byte[] a = new byte[FrameGenerator.FrameBytes], b = new byte[FrameGenerator.FrameBytes];
        for (var i = 0; i < 20; i++)
        {
            written.Frame(i, a);
            expected.Frame(i, b);
            Assert.Equal(b, a);
            Assert.Equal(expected.Label(i), written.Label(i));
        }
        Assert.Equal(["frames-labels.idx", "frames.idx", "frames.png"], Directory.GetFiles(_folder.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ABadSourceIsOneClearErrorAndNothingIsWritten()
    {
        File.WriteAllText(At("bad-images-idx3"), "garbage");

        var (exit, output, errors) = CommandLine.Run("images", "make", "--source", At("bad-images-idx3"), "--out", At("frames.idx"));

        Assert.Equal(2, exit);
        Assert.Empty(output);
        Assert.Equal($"{At("bad-images-idx3")}:magic: is 0x67617262, allowed is 0x00000801 to 0x00000804 (IDX of unsigned bytes, 1 to 4 dimensions)", errors.Trim());
        Assert.Single(Directory.GetFiles(_folder.Root));
    }

    private string At(string name) => Path.Combine(_folder.Root, name);
}
