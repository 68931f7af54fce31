using System.Text;
using RlOffload.Environment;
using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Wire;

public class ChecksumTests
{
    [Fact]
    public void ItIsTheStandardsCrc32C()
    {
        // The check value of CRC-32C is that of "123456789"; the four bytes of the checksum itself stand outside.
        var message = new byte[32 + 9];
        Encoding.ASCII.GetBytes("123456789", message.AsSpan(32));
        Checksum.Seal(message);
        Assert.Equal(Plain([.. message[..28], .. message[32..]]), BitConverter.ToUInt32(message, 28));
        Assert.Equal(0xE3069283u, Plain(Encoding.ASCII.GetBytes("123456789")));
        Assert.True(Checksum.Holds(message));
    }

    [Theory, InlineData(0), InlineData(7), InlineData(3071), InlineData(3072), InlineData(3073), InlineData(9999), InlineData(30_000)]
    public void ItIsTheSameAtEveryLength(int length)
    {
        var bytes = new byte[length];
        var rng = new Rng(3);
        foreach (ref var b in bytes.AsSpan())
            b = (byte)rng.NextInt(256);
        Assert.Equal(Plain(bytes), Checksum.OfAll(bytes));
    }

    private static uint Plain(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }
        return ~crc;
    }
}
