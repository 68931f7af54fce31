using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Wire;

public class ReceivedTimeTests
{
    [Fact]
    public void EveryTimeBetweenTheBoundsIsToldWithin2Point7Percent()
    {
        for (var seconds = ReceivedTime.Shortest; seconds < ReceivedTime.Longest; seconds *= 1.01)
            Assert.InRange(ReceivedTime.Seconds(ReceivedTime.Code(seconds)) / seconds, 1 / 1.027, 1.027);
    }

    [Fact]
    public void EveryCodeIsATimeOfItsOwnLongerThanTheOneBefore()
    {
        for (var code = 1; code <= 255; code++)
        {
            Assert.Equal(code, ReceivedTime.Code(ReceivedTime.Seconds((byte)code)));
            Assert.True(ReceivedTime.Seconds((byte)code) > ReceivedTime.Seconds((byte)(code - 1)));
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(1e-9, 1)]
    [InlineData(3600, 255)]
    [InlineData(double.PositiveInfinity, 255)]
    public void WhatIsNotKnownIsZeroAndWhatIsBeyondTheBoundsIsToldAsTheBound(double seconds, byte code) => Assert.Equal(code, ReceivedTime.Code(seconds));
}
