using System.Security.Cryptography;
using RlOffload.Inference.Images;

namespace RlOffload.Tests.Inference.Images;

public sealed class FrameGeneratorTests
{
    private const int Plane = FrameGenerator.Side * FrameGenerator.Side;

    private static readonly IdxFile Items = IdxFile.Read(Repository.At("models/fashion-test-1000-images-idx3-ubyte.gz"));

    [Fact]
    public void TheFramesOfTheShippedItemsAreTheseBytesOnEveryMachine()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < 200; i++)
            hash.AppendData(Frame(1, i));

        Assert.Equal("96ED25854DC8AD0264453111CE1F65DE9B3AD380652A725447BB2525F304E2F8", Convert.ToHexString(hash.GetHashAndReset()));
    }

    [Fact]
    public void SeedIndexAndItemEachChangeTheFrame()
    {
        var frame = Frame(1, 5);
        Assert.Equal(frame, Frame(1, 5));
        Assert.NotEqual(frame, Frame(2, 5));
        Assert.NotEqual(frame, Make(1, 6, Items.Record(5)));
        Assert.NotEqual(frame, Make(1, 5, Items.Record(6)));
    }

    [Fact]
    public void TheItemChangesOnlyASquareOfFortyToSeventyTwoPixelsWhollyInsideTheFrame()
    {
        var white = new byte[FrameGenerator.ItemSide * FrameGenerator.ItemSide];
        Array.Fill(white, (byte)255);
        var black = new byte[white.Length];
        var sides = new HashSet<int>();
        for (var i = 0; i < 200; i++)
        {
            byte[] with = Make(3, i, white), without = Make(3, i, black);
            var changed = Enumerable.Range(0, Plane)
                .Where(at => Enumerable.Range(0, 3).Any(channel => with[channel * Plane + at] != without[channel * Plane + at])).ToList();
            int width = Extent(changed.Select(at => at % FrameGenerator.Side)), height = Extent(changed.Select(at => at / FrameGenerator.Side));
            Assert.Equal(width, height);
            Assert.Equal(width * height, changed.Count);
            Assert.InRange(width, 40, 72);
            sides.Add(width);
        }
        Assert.True(sides.Count > 25, $"only {sides.Count} sizes in 200 frames");
    }

    [Fact]
    public void AnItemIsBrighterThanItsBackground()
    {
        double item = 0, background = 0;
        var white = new byte[FrameGenerator.ItemSide * FrameGenerator.ItemSide];
        Array.Fill(white, (byte)200);
        for (var i = 0; i < 50; i++)
        {
            item += Make(4, i, white).Max(value => value);
            background += Make(4, i, new byte[white.Length]).Average(value => value);
        }
        Assert.True(item > 1.5 * background);
    }

    [Fact]
    public void MakingAFrameAllocatesNothing()
    {
        var generator = new FrameGenerator(1);
        var frame = new byte[FrameGenerator.FrameBytes];
        generator.Make(0, Items.Record(0), frame);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            generator.Make(i, Items.Record(i), frame);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(783, FrameGenerator.FrameBytes)]
    [InlineData(784, FrameGenerator.FrameBytes - 1)]
    public void SpansOfAnotherLengthAreRefused(int item, int frame) =>
        Assert.Throws<ArgumentException>(() => new FrameGenerator(1).Make(0, new byte[item], new byte[frame]));

    private static int Extent(IEnumerable<int> coordinates)
    {
        var list = coordinates.ToList();
        return list.Max() - list.Min() + 1;
    }

    private static byte[] Frame(ulong seed, int index) => Make(seed, index, Items.Record(index));

    private static byte[] Make(ulong seed, int index, ReadOnlySpan<byte> item)
    {
        var frame = new byte[FrameGenerator.FrameBytes];
        new FrameGenerator(seed).Make(index, item, frame);
        return frame;
    }
}
