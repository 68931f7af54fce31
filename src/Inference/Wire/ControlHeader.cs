using System.Buffers.Binary;

namespace RlOffload.Inference.Wire;

/// <summary>What a frame that carries no tensors is for.</summary>
public enum ControlKind : byte
{
    /// <summary>First frame of a connection; payload: the token, if one is needed. Answered by the same with a <see cref="Remote.ServerHealth"/> as JSON.</summary>
    Hello,

    /// <summary>Bytes whose only purpose is to be timed. Answered by the same without a payload.</summary>
    Probe,

    /// <summary>From the server: the request of this id has no answer; payload: the reason as text.</summary>
    Refusal,
}

/// <summary>
/// The first 32 bytes of a frame that is neither request nor answer, all little-endian: "RLOC", version, kind, status (2, of a refusal), try again after (4, ms),
/// payload bytes (4), pace (float32) and received (4, us) of the answer to a probe, request id (8).
/// </summary>
/// <param name="Pace">How long the server's tails take now, as a multiple of what the profile says; 0 where it computed none lately.</param>
/// <param name="ReceivedSeconds">How long the link carried the probe, as its last hop shows; 0 where the server cannot say.</param>
public readonly record struct ControlHeader(ControlKind Kind, int PayloadBytes, ulong Request, int Status = 0, double RetryAfter = 0, float Pace = 0, double ReceivedSeconds = 0)
{
    public const int Size = 32;

    /// <summary>"RLOC" read as a little-endian number.</summary>
    public const uint Magic = 0x434F4C52;

    public void Write(Span<byte> to)
    {
        to[..Size].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(to, Magic);
        (to[4], to[5]) = (RequestHeader.Version, (byte)Kind);
        BinaryPrimitives.WriteUInt16LittleEndian(to[6..], (ushort)Status);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], (uint)Math.Ceiling(Math.Clamp(RetryAfter * 1000, 0, uint.MaxValue)));
        BinaryPrimitives.WriteInt32LittleEndian(to[12..], PayloadBytes);
        BinaryPrimitives.WriteSingleLittleEndian(to[16..], Pace);
        BinaryPrimitives.WriteUInt32LittleEndian(to[20..], (uint)Math.Clamp(ReceivedSeconds * 1e6, 0, uint.MaxValue));
        BinaryPrimitives.WriteUInt64LittleEndian(to[24..], Request);
    }

    /// <summary>Whether 4 bytes or more begin as such a frame does.</summary>
    public static bool Is(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32LittleEndian(frame) == Magic;

    /// <param name="problem">What is wrong and what is allowed; null where nothing is.</param>
    public static ControlHeader Read(ReadOnlySpan<byte> frame, out string? problem)
    {
        problem = null;
        if (frame.Length < Size)
            problem = $"length: is {frame.Length} bytes, allowed is {Size} or more";
        else if (!Is(frame))
            problem = $"magic: is 0x{Convert.ToHexString(frame[..4])}, allowed is 0x524C4F43 (RLOC)";
        else if (frame[4] != RequestHeader.Version)
            problem = $"version: is {frame[4]}, allowed is {RequestHeader.Version}";
        else if (frame[5] > (byte)ControlKind.Refusal)
            problem = $"kind: is {frame[5]}, allowed is 0 to {(byte)ControlKind.Refusal}";
        else if (BinaryPrimitives.ReadInt32LittleEndian(frame[12..]) < 0)
            problem = $"payload: is {BinaryPrimitives.ReadInt32LittleEndian(frame[12..])} bytes, allowed is 0 or more";
        else if (!(BinaryPrimitives.ReadSingleLittleEndian(frame[16..]) is >= 0 and < float.PositiveInfinity))
            problem = $"pace: is {BinaryPrimitives.ReadSingleLittleEndian(frame[16..])}, allowed is a number of 0 or more";
        if (problem is not null)
            return default;
        return new ControlHeader((ControlKind)frame[5], BinaryPrimitives.ReadInt32LittleEndian(frame[12..]), BinaryPrimitives.ReadUInt64LittleEndian(frame[24..]),
            BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]), BinaryPrimitives.ReadUInt32LittleEndian(frame[8..]) / 1000.0,
            BinaryPrimitives.ReadSingleLittleEndian(frame[16..]), BinaryPrimitives.ReadUInt32LittleEndian(frame[20..]) * 1e-6);
    }
}
