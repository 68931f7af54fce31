using RlOffload.Environment;
using RlOffload.Environment.Simulation;

namespace RlOffload.Tests.Environment.Simulation;

public sealed class EightTests
{
    [Fact]
    public void PlacesComeInWholeEights()
    {
        Assert.Equal([8, 8, 16], new[] { 1, 8, 9 }.Select(n => Eight.Of(n, 0.5).Length));
        Assert.All(Eight.Of(9, 0.5), x => Assert.Equal(0.5, x));
    }

    [Fact]
    public void WhatIsAtMostSoLargeIsCounted()
    {
        double[] numbers = [3, 1, double.PositiveInfinity, 2, 2, -1, 7, double.PositiveInfinity];
        foreach (var limit in new[] { -2, -1, 1.5, 2, 7, double.MaxValue, double.PositiveInfinity, double.NaN })
        {
            Assert.Equal(numbers.Count(x => x <= limit), Eight.AtMost(ref numbers[0], limit));
            Assert.Equal(numbers.Count(x => x < limit), Eight.Below(ref numbers[0], limit));
        }
    }

    [Fact]
    public void NothingIsAtMostWhatFillsUp()
    {
        var filled = Eight.Filled([1, 2, 3]);
        Assert.Equal([1, 2, 3], filled[..3]);
        for (var from = 0; from <= 3; from++)
            Assert.Equal((3 - from, 3 - from), (Eight.AtMost(ref filled[from], double.PositiveInfinity), Eight.Below(ref filled[from], double.PositiveInfinity)));
    }

    [Fact]
    public void BytesAreFoundWherePutAndNowhereElse()
    {
        var rng = Rng.Keyed(1, 2, 3, RngPurpose.Fuzz);
        var bytes = ulong.MaxValue;
        var expected = Enumerable.Repeat(byte.MaxValue, 8).ToArray();
        for (var n = 0; n < 1000; n++)
        {
            var (i, number) = (rng.NextInt(8), (byte)(n % 3 == 0 ? rng.NextInt(256) : rng.NextInt(3)));
            Eight.Put(ref bytes, i, number);
            expected[i] = number;
            foreach (var sought in new byte[] { 0, 1, 2, number, 127, 128, 255 })
                Assert.Equal(Enumerable.Range(0, 8).Where(k => expected[k] == sought).Aggregate(0UL, (m, k) => m | 0x80UL << 8 * k), Eight.Equal(bytes, sought));
        }
    }
}
