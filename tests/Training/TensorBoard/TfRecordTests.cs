using System.Text;
using RlOffload.Training.TensorBoard;

namespace RlOffload.Tests.Training.TensorBoard;

public sealed class TfRecordTests
{
    [Fact]
    public void ChecksumsAreThoseOfTheKnownVectors()
    {
        Assert.Equal(0xe3069283u, TfRecord.Crc("123456789"u8)); // the check value of CRC-32C
        // RFC 3720, appendix B.4.
        Assert.Equal(0x8a9136aau, TfRecord.Crc(new byte[32]));
        Assert.Equal(0x62a8ab43u, TfRecord.Crc([.. Enumerable.Repeat((byte)0xff, 32)]));
        Assert.Equal(0x46dd794eu, TfRecord.Crc([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0x113fdb5cu, TfRecord.Crc([.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))]));
        Assert.Equal(0u, TfRecord.Crc([]));
    }

    [Fact]
    public void ARecordIsLengthChecksumDataChecksum()
    {
        var record = TfRecord.Frame("123456789"u8);
        Assert.Equal([9, 0, 0, 0, 0, 0, 0, 0], record[..8]);
        Assert.Equal("123456789", Encoding.ASCII.GetString(record, 12, 9));
        // ((crc >> 15) | (crc << 17)) + 0xa282ead8 of 0xe3069283
        Assert.Equal(unchecked((0xe3069283u >> 15 | 0xe3069283u << 17) + 0xa282ead8u), BitConverter.ToUInt32(record, 21));
        Assert.True(TfRecord.TryRead([.. record, 1, 2], out var data, out var length));
        Assert.Equal((9, 25), (data.Length, length));
    }

    [Fact]
    public void ATornOrChangedRecordIsNoneAtAll()
    {
        var record = TfRecord.Frame("123456789"u8);
        for (var i = 0; i < record.Length; i++)
        {
            Assert.False(TfRecord.TryRead(record.AsSpan(0, i), out _, out _));
            var changed = record.ToArray();
            changed[i] ^= 4;
            Assert.False(TfRecord.TryRead(changed, out _, out _));
        }
    }
}
