using System.Text;
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
