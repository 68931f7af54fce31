using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Wire;

public sealed class ControlHeaderTests
{
    [Fact]
    public void TheBytesAreAsWritten()
    {
        var bytes = new byte[ControlHeader.Size];
        new ControlHeader(ControlKind.Refusal, 5, 0x0102030405060708, 429, 0.25).Write(bytes);
        Assert.Equal("524C4F43" + "0202" + "AD01" + "FA000000" + "05000000" + "0000000000000000" + "0807060504030201", Convert.ToHexString(bytes));
        Assert.True(ControlHeader.Is(bytes));
        Assert.Equal(new ControlHeader(ControlKind.Refusal, 5, 0x0102030405060708, 429, 0.25), ControlHeader.Read(bytes, out var problem));
        Assert.Null(problem);
        new ControlHeader(ControlKind.Probe, 0, 9, Pace: 1.5f).Write(bytes);
        Assert.Equal("524C4F43" + "0201" + "0000" + "00000000" + "00000000" + "0000C03F00000000" + "0900000000000000", Convert.ToHexString(bytes));
        Assert.Equal(1.5f, ControlHeader.Read(bytes, out problem).Pace);
        Assert.Null(problem);
        new ControlHeader(ControlKind.Probe, 0, 9, ReceivedSeconds: 0.25).Write(bytes);
        Assert.Equal("524C4F43" + "0201" + "0000" + "00000000" + "00000000" + "0000000090D00300" + "0900000000000000", Convert.ToHexString(bytes));
        Assert.Equal(0.25, ControlHeader.Read(bytes, out _).ReceivedSeconds, 1e-9);
    }

    [Theory]
    [InlineData(0, 'X', "magic")]
    [InlineData(4, 9, "version")]
    [InlineData(5, 3, "kind")]
    [InlineData(15, 0x80, "payload")]
    [InlineData(19, 0xBF, "pace")]
    public void WhatIsNoneIsSaid(int at, int value, string problem)
    {
        var bytes = new byte[ControlHeader.Size];
        new ControlHeader(ControlKind.Probe, 5, 1).Write(bytes);
        bytes[at] = (byte)value;
        ControlHeader.Read(bytes, out var said);
        Assert.StartsWith(problem, said, StringComparison.Ordinal);
        ControlHeader.Read(bytes.AsSpan(0, 31), out said);
        Assert.StartsWith("length", said, StringComparison.Ordinal);
    }
}
