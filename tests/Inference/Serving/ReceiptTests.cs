using RlOffload.Inference.Serving;

namespace RlOffload.Tests.Inference.Serving;

public class ReceiptTests
{
    private readonly Receipt _receipt = new();

    [Fact]
    public void AMessageWhoseBytesAreSeenComingTookAsLongAsTheirRateSays()
    {
        // 20 kB at 1 MB/s: the first 4 kB were there at the first read, the others come as 2 kB each 2 ms.
        Read(4000, 0.1);
        for (var i = 1; i <= 8; i++)
            Read(2000, 0.1 + 0.002 * i);
        Assert.Equal(0.02, _receipt.LinkSeconds, 1e-6);
        Assert.Equal(0.116, _receipt.Seconds, 1e-6);
    }

    [Fact]
    public void WhatIsReadInOneGoWithTheFirstBytesHadComeBefore()
    {
        // As TLS gives it: 16 kB a record, four of which were there.
        for (var i = 0; i < 4; i++)
            Read(16_000, 0.1 + 0.00002 * i);
        Read(16_000, 0.12);
        Read(16_000, 0.14);
        Assert.Equal(0.14 - 0.10006 is var span ? span * 6 / 2 : 0, _receipt.LinkSeconds, 1e-6);
    }

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(900, 100)]
    [InlineData(760, 240)]
    public void WhereTooLittleCameAfterTheFirstReadNothingIsTold(int first, int second)
    {
        Read(first, 0);
        if (second > 0)
            Read(second, 0.05);
        Assert.Equal(0, _receipt.LinkSeconds);
    }

    [Fact]
    public void TheNextMessageIsTimedByItself()
    {
        Read(100, 0);
        Read(100, 1);
        Assert.Equal(2, _receipt.LinkSeconds, 1e-6);
        _receipt.Begin(At(5));
        Assert.Equal((0, 0), (_receipt.LinkSeconds, _receipt.Seconds));
        Read(100, 5.5);
        Read(300, 6.5);
        Assert.Equal(4.0 / 3, _receipt.LinkSeconds, 1e-6);
        Assert.Equal(1.5, _receipt.Seconds, 1e-6);
    }

    private void Read(int bytes, double at)
    {
        if (at == 0 && bytes > 0)
            _receipt.Begin(At(0));
        _receipt.Came(bytes, At(at));
    }

    private static long At(double seconds) => (long)(seconds * TimeProvider.System.TimestampFrequency);
}
