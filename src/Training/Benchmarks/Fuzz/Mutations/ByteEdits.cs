using System.Buffers.Binary;
using RlOffload.Environment;

namespace RlOffload.Training.Benchmarks.Fuzz.Mutations;

/// <summary>
/// One change of a byte string, of the kinds that fuzzers for files use (Zalewski, American Fuzzy Lop, technical details): flipped bits, numbers at the ends of
/// their ranges in either byte order, ranges that are cut out, doubled, moved or taken from another input, and a file that ends too early or goes on.
/// </summary>
internal static class ByteEdits
{
    /// <summary>No input is made longer: what is to be found is how a reader behaves, not how long it takes to read a long file.</summary>
    public const int MostBytes = 1 << 18;

    private static readonly long[] Wholes =
    [
        0, -1, 1, 2, 7, 127, 128, 255, 256, short.MaxValue, short.MinValue, ushort.MaxValue, 1 << 16, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, 1L << 40,
        long.MaxValue, long.MinValue,
    ];

    private static readonly double[] Reals =
    [
        0, -0.0, 1, -1, 0.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, double.MinValue, 1e-300, 1e300, float.MaxValue, 1e-40,
    ];

    /// <param name="other">Another input, to take ranges from.</param>
    public static byte[] Edit(byte[] bytes, byte[] other, ref Rng rng)
    {
        if (bytes.Length == 0)
            return other[..Math.Min(other.Length, 1 + rng.NextInt(64))];
        var (at, length) = Range(bytes.Length, ref rng);
        switch (rng.NextInt(14))
        {
            case 0 or 1:
                return Put(bytes, at, [(byte)(bytes[at] ^ (1 << rng.NextInt(8)))]);
            case 2:
                return Put(bytes, at, [(byte)rng.NextInt(256)]);
            case 3 or 4:
                return Put(bytes, Aligned(at, ref rng), Number(ref rng));
            case 5:
                return Put(bytes, Aligned(at, ref rng), Nudged(bytes, Aligned(at, ref rng), ref rng));
            case 6:
                return bytes[..at];
            case 7:
                return Join(bytes[..at], bytes[(at + length)..]);
            case 8:
                return Join(bytes[..(at + length)], bytes[at..]);
            case 9:
                return Repeated(bytes, at, length, ref rng);
            case 10:
                var (from, count) = Range(Math.Max(1, other.Length), ref rng);
                return other.Length == 0 ? bytes : Join(bytes[..at], other[from..(from + count)], bytes[(at + (rng.NextInt(2) == 0 ? 0 : length))..]);
            case 11:
                return Join(bytes[..at], other[Math.Min(at, other.Length)..]);
            case 12:
                var filled = (byte[])bytes.Clone();
                filled.AsSpan(at, length).Fill((byte)(rng.NextInt(2) * 255));
                return filled;
            default:
                var more = new byte[1 + rng.NextInt(40)];
                for (var i = 0; i < more.Length; i++)
                    more[i] = (byte)rng.NextInt(256);
                return Join(bytes, more);
        }
    }

    /// <summary>A piece of a string of this length: mostly a short one.</summary>
    public static (int At, int Length) Range(int of, ref Rng rng)
    {
        var at = rng.NextInt(of);
        return (at, 1 + rng.NextInt(Math.Min(of - at, rng.NextInt(4) == 0 ? of : 16)));
    }

    public static byte[] Join(params ReadOnlySpan<byte[]> parts)
    {
        var joined = new List<byte>();
        foreach (var part in parts)
            joined.AddRange(part.AsSpan(0, Math.Min(part.Length, MostBytes - joined.Count)));
        return [.. joined];
    }

    private static int Aligned(int at, ref Rng rng) => rng.NextInt(2) == 0 ? at & ~3 : at;

    private static byte[] Put(byte[] bytes, int at, ReadOnlySpan<byte> with)
    {
        var changed = (byte[])bytes.Clone();
        with[..Math.Min(with.Length, bytes.Length - at)].CopyTo(changed.AsSpan(at));
        return changed;
    }

    private static byte[] Number(ref Rng rng)
    {
        var bytes = new byte[8];
        var whole = Wholes[rng.NextInt(Wholes.Length)];
        var real = Reals[rng.NextInt(Reals.Length)];
        switch (rng.NextInt(5))
        {
            case 0:
                BinaryPrimitives.WriteInt64LittleEndian(bytes, whole);
                return bytes[..(1 << rng.NextInt(4))];
            case 1:
                BinaryPrimitives.WriteInt32BigEndian(bytes, unchecked((int)whole));
                return bytes[..4];
            case 2:
                BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)real);
                return bytes[..4];
            case 3:
                BinaryPrimitives.WriteInt32LittleEndian(bytes, unchecked((int)whole));
                return bytes[..4];
            default:
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, real);
                return bytes;
        }
    }

    /// <summary>The 4-byte number that stands there, a little larger or smaller: off by one is where lengths go wrong.</summary>
    private static byte[] Nudged(byte[] bytes, int at, ref Rng rng)
    {
        if (bytes.Length - at < 4)
            return [(byte)(bytes[at] + 1)];
        var changed = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(changed, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at)) + rng.NextInt(17) - 8);
        return changed;
    }

    private static byte[] Repeated(byte[] bytes, int at, int length, ref Rng rng)
    {
        var times = Math.Min(1 << rng.NextInt(11), (MostBytes - bytes.Length) / length);
        var repeated = new byte[Math.Max(0, times) * length];
        for (var i = 0; i < times; i++)
            bytes.AsSpan(at, length).CopyTo(repeated.AsSpan(i * length));
        return Join(bytes[..at], repeated, bytes[at..]);
    }
}
