using System.Runtime.InteropServices;
using RlOffload.Environment;

namespace RlOffload.Agents.Learning;

/// <summary>Blocks of numbers in a checkpoint: little-endian, as .NET machines hold them.</summary>
internal static class CheckpointStream
{
    public static void WriteFloats(this BinaryWriter writer, ReadOnlySpan<float> values) => writer.WriteBlock(values);

    public static void ReadFloats(this BinaryReader reader, Span<float> values) => reader.ReadBlock(values);

    public static void WriteBlock<T>(this BinaryWriter writer, ReadOnlySpan<T> values)
        where T : unmanaged => writer.Write(MemoryMarshal.AsBytes(values));

    public static void ReadBlock<T>(this BinaryReader reader, Span<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        while (bytes.Length > 0)
        {
            var read = reader.Read(bytes);
            if (read == 0)
                throw new EndOfStreamException();
            bytes = bytes[read..];
        }
    }

    /// <summary>Reads a value that must equal what the program was configured with.</summary>
    public static void Expect(this BinaryReader reader, string file, string key, int expected)
    {
        var found = reader.ReadInt32();
        if (found != expected)
            throw new InputException(file, key, $"is {found}, this configuration needs {expected}");
    }

    /// <summary>Runs a load; a file that ends early is refused by name.</summary>
    public static void Guard(this BinaryReader reader, string file, string key, Action load)
    {
        try
        {
            load();
        }
        catch (EndOfStreamException)
        {
            throw new InputException(file, key, $"the file ends at byte {reader.BaseStream.Position}, before its {key} is complete");
        }
    }
}
