using System.Buffers.Binary;
using System.Globalization;

namespace RlOffload.Inference.Wire;

/// <summary>What the payload of a request is.</summary>
public enum PayloadKind : byte
{
    /// <summary>The tensors of the cut (<see cref="Codec.CutCodec"/>).</summary>
    Tensors,

    /// <summary>The bytes of an image, one a number of the input; cut 0 only.</summary>
    Pixels,

    /// <summary>The same through Deflate.</summary>
    DeflatedPixels,
}

/// <summary>
/// The first 32 bytes of a request, all little-endian: "RLOQ", version, exit, bits, payload kind, cut (2 bytes), tensors, 0, payload bytes (4), first 8
/// bytes of the model's SHA-256, request id (4), checksum (4).
/// </summary>
/// <param name="Exit">Counted from 0.</param>
/// <param name="Bits">Bits a number; 0 where pixels are sent.</param>
/// <param name="Tensors">Of the cut; 0 where pixels are sent.</param>
/// <param name="Model">First 8 bytes of the model file's SHA-256, as a big-endian number.</param>
public readonly record struct RequestHeader(int Exit, int Cut, int Bits, PayloadKind Kind, int Tensors, int PayloadBytes, ulong Model, ulong Request)
{
    public const int Size = 32;
    public const byte Version = 2;

    /// <summary>"RLOQ" read as a little-endian number.</summary>
    private const uint Magic = 0x514F4C52;

    /// <summary>The part of a model's hash that travels with each request.</summary>
    public static ulong ModelOf(string sha256) => ulong.Parse(sha256.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>The model that a message of <see cref="Size"/> bytes or more names.</summary>
    public static ulong ModelIn(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt64LittleEndian(message[16..]);

    /// <summary>Writes all but the checksum, which <see cref="Checksum.Seal"/> adds once the payload is there.</summary>
    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, Magic);
        (to[4], to[5], to[6], to[7]) = (Version, checked((byte)Exit), (byte)Bits, (byte)Kind);
        BinaryPrimitives.WriteUInt16LittleEndian(to[8..], checked((ushort)Cut));
        (to[10], to[11]) = (checked((byte)Tensors), 0);
        BinaryPrimitives.WriteInt32LittleEndian(to[12..], PayloadBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], Model);
        BinaryPrimitives.WriteUInt32LittleEndian(to[24..], (uint)Request);
    }

    /// <summary>Reads a header; whether it fits a model is for <see cref="RequestReader"/> to say.</summary>
    /// <param name="problem">What is wrong and what is allowed; null where nothing is.</param>
    public static RequestHeader Read(ReadOnlySpan<byte> message, out string? problem)
    {
        problem = null;
        if (message.Length < Size)
            problem = $"length: is {message.Length} bytes, allowed is {Size} or more";
        else if (BinaryPrimitives.ReadUInt32LittleEndian(message) != Magic)
            problem = $"magic: is 0x{Convert.ToHexString(message[..4])}, allowed is 0x524C4F51 (RLOQ)";
        else if (message[4] != Version)
            problem = $"version: is {message[4]}, allowed is {Version}";
        else if (message[7] > (byte)PayloadKind.DeflatedPixels)
            problem = $"payload kind: is {message[7]}, allowed is 0 to {(byte)PayloadKind.DeflatedPixels}";
        else if (message[11] != 0)
            problem = $"reserved: is {message[11]}, allowed is 0";
        if (problem is not null)
            return default;
        return new RequestHeader(message[5], BinaryPrimitives.ReadUInt16LittleEndian(message[8..]), message[6], (PayloadKind)message[7], message[10],
            BinaryPrimitives.ReadInt32LittleEndian(message[12..]), BinaryPrimitives.ReadUInt64LittleEndian(message[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(message[24..]));
    }
}
