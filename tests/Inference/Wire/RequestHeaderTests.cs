using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Wire;

public class RequestHeaderTests
{
    private static readonly RequestHeader Sample = new(2, 0x0104, 6, PayloadKind.Tensors, 3, 0x11223344, 0xA1A2A3A4A5A6A7A8, 0x04030201);

    [Fact]
    public void TheBytesAreGoldenAndReadBack()
    {
        var bytes = new byte[RequestHeader.Size];
        Sample.Write(bytes);
        Assert.Equal("524C4F51" + "02020600" + "0401" + "0300" + "44332211" + "A8A7A6A5A4A3A2A1" + "01020304" + "00000000", Convert.ToHexString(bytes));
        Assert.Equal(Sample, RequestHeader.Read(bytes, out var problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData(0, 0x00, "magic")]
    [InlineData(4, 1, "version: is 1, allowed is 2")]
    [InlineData(7, 3, "payload kind: is 3, allowed is 0 to 2")]
    [InlineData(11, 1, "reserved: is 1, allowed is 0")]
    public void AWrongByteIsNamed(int at, byte value, string problem)
    {
        var bytes = new byte[RequestHeader.Size];
        Sample.Write(bytes);
        bytes[at] = value;
        RequestHeader.Read(bytes, out var found);
        Assert.StartsWith(problem, found!, StringComparison.Ordinal);
    }

    [Fact]
    public void AShortMessageIsNamed()
    {
        RequestHeader.Read(new byte[31], out var problem);
        Assert.Equal("length: is 31 bytes, allowed is 32 or more", problem);
    }

    [Fact]
    public void TheModelsPartIsTheStartOfItsHash() => Assert.Equal(0x00ff112233445566UL, RequestHeader.ModelOf("00ff112233445566778899"));
}
