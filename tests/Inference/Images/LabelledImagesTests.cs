using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Images;

namespace RlOffload.Tests.Inference.Images;

public sealed class LabelledImagesTests : IDisposable
{
    private static readonly PixelScale Plain = new(1, [0], [1]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ChannelsFirstAndChannelsLastGiveTheSamePixels()
    {
        var first = Idx("first.idx", [1, 3, 1, 2], [1, 2, 10, 20, 100, 200]);
        var last = Idx("last.idx", [1, 1, 2, 3], [1, 10, 100, 2, 20, 200]);
        var labels = Idx("labels.idx", [1], [4]);

        foreach (var file in new[] { first, last })
        {
            var images = LabelledImages.Read(file, labels, [3, 1, 2], 0, 10, 1);

            Assert.Equal([1, 2, 10, 20, 100, 200], images.Pixels(0).ToArray());
            Assert.Equal(4, images.Label(0));
        }
        Assert.Equal([1, 10, 100, 2, 20, 200], LabelledImages.Read(first, labels, [1, 2, 3], 0, 10, 1).Pixels(0).ToArray());
    }

    [Fact]
    public void PixelsAreScaledByChannel()
    {
        var images = LabelledImages.Read(Idx("a.idx", [1, 3, 1, 2], [0, 255, 0, 255, 0, 255]), Idx("l.idx", [1], [0]), [3, 1, 2], 0, 1, 1);
        var input = new float[6];

        images.Fill(0, new PixelScale(1.0 / 255, [0, 0.5, 1], [1, 0.5, 0.25]), input);

        Assert.Equal([0, 1, -1, 1, -4, 0], input);
    }

    [Fact]
    public void TheFirstImageAndTheirNumberAreChosen()
    {
        var images = LabelledImages.Read(Idx("a.idx", [5, 1, 1], [0, 1, 2, 3, 4]), Idx("l.idx", [5], [0, 1, 2, 3, 4]), [1, 1, 1], 2, 2, 1);

        Assert.Equal((2, 2, 3), (images.Count, images.Label(0), images.Pixels(1)[0]));
        Assert.Equal("a.idx, images 2 to 3", images.Description);
    }

    [Fact]
    public void ItemsBecomeFramesWhereTheNetworkTakesFrames()
    {
        var items = Repository.At("models/fashion-test-1000-images-idx3-ubyte.gz");
        var expected = FrameSet.Open(items, seed: 5, first: 7, count: 1);
        var frame = new byte[FrameGenerator.FrameBytes];
        expected.Frame(0, frame);

        var images = LabelledImages.Read(items, null, [3, 96, 96], 7, 1, 5);

        Assert.Equal(frame, images.Pixels(0).ToArray());
        Assert.Equal(expected.Label(0), images.Label(0));
        Assert.Contains("frames of seed 5 from items 7 to 7", images.Description);
        Assert.Equal(28 * 28, LabelledImages.Read(items, null, [1, 28, 28], 7, 1, 5).ImageBytes);
    }

    [Fact]
    public void CifarRecordsCarryTheirLabels()
    {
        var file = _folder.At("c.bin");
        File.WriteAllBytes(file, [3, .. new byte[3072], 9, .. Enumerable.Repeat((byte)7, 3072)]);

        var images = LabelledImages.Read(file, null, [3, 32, 32], 0, 10, 1);

        Assert.Equal((2, 3, 9, 7), (images.Count, images.Label(0), images.Label(1), images.Pixels(1)[3071]));
    }

    [Fact]
    public void FilesThatDoNotFitAreRefused()
    {
        var labels = Idx("l.idx", [2], [0, 1]);
        var images = Idx("a.idx", [2, 3, 2, 2], new byte[24]);
        var cifar = _folder.At("c.bin");
        File.WriteAllBytes(cifar, new byte[3074]);

        Refused("l3.idx:dimensions: has 3 labels", () => LabelledImages.Read(images, Idx("l3.idx", [3], [0, 1, 2]), [3, 2, 2], 0, 1, 1));
        Refused("a.idx:dimensions: an image is 3x2x2, allowed is 3x4x4", () => LabelledImages.Read(images, labels, [3, 4, 4], 0, 1, 1));
        Refused("a.idx:--first-image: is 2, allowed is 0 to 1", () => LabelledImages.Read(images, labels, [3, 2, 2], 2, 1, 1));
        Refused("c.bin:length: is 3074 bytes, allowed is a multiple of 3073", () => LabelledImages.Read(cifar, null, [3, 32, 32], 0, 1, 1));
        File.WriteAllBytes(cifar, [10, .. new byte[3072]]);
        Refused("c.bin:record 0: has label 10, allowed is 0 to 9", () => LabelledImages.Read(cifar, null, [3, 32, 32], 0, 1, 1));
        Refused("l.idx:--labels: is given", () => LabelledImages.Read(cifar, labels, [3, 32, 32], 0, 1, 1));
    }

    private static void Refused(string reason, Action read) => Assert.Contains(reason, Assert.Throws<InputException>(read).Message);

    private string Idx(string name, int[] shape, byte[] values)
    {
        using var writer = new IdxWriter(_folder.At(name), shape);
        writer.Write(values);
        writer.Commit();
        return _folder.At(name);
    }
}
