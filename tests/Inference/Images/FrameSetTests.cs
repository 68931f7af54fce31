using RlOffload.Environment;
using RlOffload.Inference.Images;

namespace RlOffload.Tests.Inference.Images;

public sealed class FrameSetTests : IDisposable
{
    private static readonly string Items = Repository.At("models/fashion-test-1000-images-idx3-ubyte.gz");
    private static readonly string ItemLabels = Repository.At("models/fashion-test-1000-labels-idx1-ubyte.gz");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FramesReadFromAFileAreThoseMadeFromTheItems()
    {
        var made = FrameSet.Open(Items, seed: 9, first: 700, count: 300);
        var path = Path.Combine(_folder.Root, "frames.idx");
        var told = new List<int>();
        FrameFile.Write(made, path, FrameSet.LabelsBeside(path), new Told(told));

        var read = FrameSet.Open(path);

        Assert.True(made.Made);
        Assert.False(read.Made);
        Assert.Equal(300, read.Count);
        Assert.Equal([256, 300], told);
        byte[] expected = new byte[FrameGenerator.FrameBytes], actual = new byte[FrameGenerator.FrameBytes];
        for (var i = 0; i < 300; i += 13)
        {
            made.Frame(i, expected);
            read.Frame(i, actual);
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void LabelsStayWithTheirImages()
    {
        var labels = IdxFile.Read(ItemLabels);
        var path = Path.Combine(_folder.Root, "frames.idx.gz");
        FrameFile.Write(FrameSet.Open(Items, first: 10, count: 40), path, FrameSet.LabelsBeside(path));

        var read = FrameSet.Open(path);

        Assert.Equal(Enumerable.Range(10, 40).Select(i => (int)labels.Record(i)[0]), Enumerable.Range(0, 40).Select(read.Label));
    }

    [Fact]
    public void AFrameDoesNotDependOnTheRangeItIsTakenFrom()
    {
        byte[] alone = new byte[FrameGenerator.FrameBytes], among = new byte[FrameGenerator.FrameBytes];
        FrameSet.Open(Items, first: 20, count: 1).Frame(0, alone);
        FrameSet.Open(Items).Frame(20, among);
        Assert.Equal(alone, among);
    }

    [Theory]
    [InlineData("a/t10k-images-idx3-ubyte.gz", "a/t10k-labels-idx1-ubyte.gz")]
    [InlineData("a.b/frames.idx", "a.b/frames-labels.idx")]
    [InlineData("frames.idx.gz", "frames-labels.idx.gz")]
    [InlineData("frames", "frames-labels")]
    public void LabelsLieBesideTheImages(string images, string labels) => Assert.Equal(labels, FrameSet.LabelsBeside(images));

    [Fact]
    public void AllThatIsWrongIsSaidAtOnce()
    {
        var three = Idx("three-labels.idx", [3], new byte[3]);
        var refused = Assert.Throws<InputException>(() => FrameSet.Open(Items, three, first: 990, count: 11));
        Assert.Equal(2, refused.Problems.Count);
        Assert.Contains("3 labels", refused.Problems[0]);
        Assert.Contains("count: is 11, allowed is 1 to 10", refused.Problems[1]);

        Assert.Contains("first: is 1000", Problem(() => FrameSet.Open(Items, first: 1000)));
        Assert.Contains("first: is -1", Problem(() => FrameSet.Open(Items, first: -1)));
        Assert.Contains("count: is 0", Problem(() => FrameSet.Open(Items, count: 0)));
        Assert.Contains("dimensions: are 1000x28x28", Problem(() => FrameSet.Open(Items, Items)));
        Assert.Contains("dimensions: are 1000, allowed", Problem(() => FrameSet.Open(ItemLabels, ItemLabels)));
    }

    [Fact]
    public void AnIndexOutsideTheSetIsNotReadFromItsNeighbours()
    {
        var set = FrameSet.Open(Items, first: 5, count: 10);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Label(10));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Label(-1));
    }

    private static string Problem(Action open) => Assert.Throws<InputException>(open).Problems[0];

    private string Idx(string name, int[] shape, byte[] values)
    {
        var path = Path.Combine(_folder.Root, name);
        using var writer = new IdxWriter(path, shape);
        writer.Write(values);
        writer.Commit();
        return path;
    }

    private sealed class Told(List<int> values) : IProgress<int>
    {
        public void Report(int value) => values.Add(value);
    }
}
