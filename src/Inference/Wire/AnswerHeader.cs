using System.Buffers.Binary;

namespace RlOffload.Inference.Wire;

/// <summary>
/// The first 32 bytes of an answer, all little-endian: "RLOA", version, exit, outputs, received (1, <see cref="ReceivedTime"/>), payload bytes (4), waited (4, us), computed (4, us), messages
/// waiting (2), busy share in 1/65535 (2), request id (4), checksum (4). Then the exit's outputs one after the other, as the network computes them.
/// </summary>
/// <param name="WaitedSeconds">From the message's last byte to the start of the work, by the server's clock.</param>
/// <param name="ComputedSeconds">Unpacking and the tail, by the server's clock.</param>
/// <param name="Waiting">Messages that wait at the server as this answer leaves; 65,535 for more than that.</param>
/// <param name="Busy">Share of the last second that the server's workers computed, 0 to 1.</param>
/// <param name="ReceivedSeconds">How long the link carried the message, as its last hop shows; 0 where the server cannot say.</param>
public readonly record struct AnswerHeader(
    int Exit, int Outputs, int PayloadBytes, double WaitedSeconds, double ComputedSeconds, ulong Request, int Waiting = 0, double Busy = 0, double ReceivedSeconds = 0)
{
    public const int Size = 32;

    /// <summary>"RLOA" read as a little-endian number.</summary>
    private const uint Magic = 0x414F4C52;

    /// <summary>Writes all but the checksum, which <see cref="Checksum.Seal"/> adds once the outputs are there.</summary>
    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, Magic);
        (to[4], to[5], to[6], to[7]) = (RequestHeader.Version, checked((byte)Exit), checked((byte)Outputs), ReceivedTime.Code(ReceivedSeconds));
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], PayloadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(to[12..], (uint)Math.Clamp(WaitedSeconds * 1e6, 0, uint.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(to[16..], (uint)Math.Clamp(ComputedSeconds * 1e6, 0, uint.MaxValue));
        BinaryPrimitives.WriteUInt16LittleEndian(to[20..], (ushort)Math.Clamp(Waiting, 0, ushort.MaxValue));
        BinaryPrimitives.WriteUInt16LittleEndian(to[22..], (ushort)Math.Round(Math.Clamp(Busy, 0, 1) * ushort.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(to[24..], (uint)Request);
    }

    /// <param name="problem">What is wrong and what is allowed; null where nothing is.</param>
    public static AnswerHeader Read(ReadOnlySpan<byte> message, out string? problem)
    {
        problem = null;
        if (message.Length < Size)
            problem = $"length: is {message.Length} bytes, allowed is {Size} or more";
        else if (BinaryPrimitives.ReadUInt32LittleEndian(message) != Magic)
            problem = $"magic: is 0x{Convert.ToHexString(message[..4])}, allowed is 0x524C4F41 (RLOA)";
        else if (message[4] != RequestHeader.Version)
            problem = $"version: is {message[4]}, allowed is {RequestHeader.Version}";
        else if (BinaryPrimitives.ReadInt32LittleEndian(message[8..]) != message.Length - Size)
            problem = $"payload: is {message.Length - Size} bytes, the header says {BinaryPrimitives.ReadInt32LittleEndian(message[8..])}";
        else if (!Checksum.Holds(message))
            problem = "checksum: is not that of the message, allowed is the CRC-32C of all bytes but its own";
        if (problem is not null)
            return default;
        return new AnswerHeader(message[5], message[6], BinaryPrimitives.ReadInt32LittleEndian(message[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(message[12..]) * 1e-6, BinaryPrimitives.ReadUInt32LittleEndian(message[16..]) * 1e-6,
            BinaryPrimitives.ReadUInt32LittleEndian(message[24..]), BinaryPrimitives.ReadUInt16LittleEndian(message[20..]),
            BinaryPrimitives.ReadUInt16LittleEndian(message[22..]) / (double)ushort.MaxValue, ReceivedTime.Seconds(message[7]));
    }
}
