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
        foreach (var limit in new[] { -2, -1, 1.5, 2, 7, double.MaxValue })
            Assert.Equal(numbers.Count(x => x <= limit), Eight.AtMost(ref numbers[0], limit));
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
