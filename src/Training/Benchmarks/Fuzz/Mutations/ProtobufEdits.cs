using RlOffload.Environment;

namespace RlOffload.Training.Benchmarks.Fuzz.Mutations;

/// <summary>
/// One change of a protobuf message, found without knowing its schema: a field anywhere within it is taken out, doubled, renumbered, retyped, given an extreme
/// number or another field's content, or nested into itself many times. The lengths around it are mended, so that readers get as far as the change.
/// </summary>
internal static class ProtobufEdits
{
    private const int MostFields = 4096, Deepest = 3000;

    private static readonly ulong[] Extremes =
    [
        0, 1, 2, 127, 128, 255, 256, 65535, 65536, int.MaxValue, uint.MaxValue, 1UL << 31, 1UL << 32, 1UL << 40, 1UL << 61, long.MaxValue, 1UL << 63, ulong.MaxValue, unchecked((ulong)int.MinValue),
    ];

    private readonly record struct Field(ulong Tag, int Start, int Value, int End)
    {
        public int Wire => (int)(Tag & 7);
    }

    public static byte[] Edit(byte[] message, byte[] other, ref Rng rng) =>
        rng.NextInt(8) == 0 ? ByteEdits.Edit(message, other, ref rng) : Within(message, other, ref rng, depth: 0);

    private static byte[] Within(byte[] message, byte[] other, ref Rng rng, int depth)
    {
        if (Fields(message) is not { Count: > 0 } fields)
            return ByteEdits.Edit(message, other, ref rng);
        var field = fields[rng.NextInt(fields.Count)];
        var content = message[field.Value..field.End];
        if (field.Wire == 2 && depth < 12 && content.Length > 1 && rng.NextInt(4) != 0 && Fields(content) is { Count: > 0 })
            return Rebuilt(message, field, Wrapped(field.Tag, Within(content, other, ref rng, depth + 1), ref rng));
        return rng.NextInt(9) switch
        {
            0 => Rebuilt(message, field, []),
            1 => Rebuilt(message, field, Repeated(message[field.Start..field.End], ref rng)),
            2 => Rebuilt(message, field, [.. Varint(((ulong)(uint)rng.NextInt(40) << 3) | (field.Tag & 7)), .. message[PastTag(message, field)..field.End]]),
            3 => Rebuilt(message, field, [.. Varint((field.Tag & ~7UL) | (ulong)(uint)rng.NextInt(6)), .. message[PastTag(message, field)..field.End]]),
            4 or 5 when field.Wire == 0 => Rebuilt(message, field, [.. Varint(field.Tag), .. Varint(Extremes[rng.NextInt(Extremes.Length)])]),
            4 or 5 when field.Wire == 2 => Rebuilt(message, field, Wrapped(field.Tag, ByteEdits.Edit(content, other, ref rng), ref rng)),
            6 => Rebuilt(message, field, message[FieldAt(fields, ref rng)]),
            7 when field.Wire == 2 => Rebuilt(message, field, Deep(field.Tag, content, ref rng)),
            _ => Rebuilt(message, field, Foreign(other, field, ref rng)),
        };
    }

    private static Range FieldAt(List<Field> fields, ref Rng rng)
    {
        var field = fields[rng.NextInt(fields.Count)];
        return field.Start..field.End;
    }

    /// <summary>Content of another message's field under this one's number.</summary>
    private static byte[] Foreign(byte[] other, Field field, ref Rng rng)
    {
        if (Fields(other) is not { Count: > 0 } fields)
            return [];
        var taken = fields[rng.NextInt(fields.Count)];
        return taken.Wire == 2 ? Wrapped(field.Tag, other[taken.Value..taken.End], ref rng) : other[taken.Start..taken.End];
    }

    private static byte[] Deep(ulong tag, byte[] content, ref Rng rng)
    {
        var head = Varint(tag);
        var times = 1 + rng.NextInt(rng.NextInt(3) == 0 ? Deepest : 60);
        // From the innermost outwards: each layer only adds its tag and its length in front.
        var layers = new List<byte[]>();
        var length = content.Length;
        for (var i = 0; i < times && length < ByteEdits.MostBytes; i++)
        {
            byte[] layer = [.. head, .. Varint((ulong)length)];
            layers.Add(layer);
            length += layer.Length;
        }
        layers.Reverse();
        return ByteEdits.Join([.. layers, content]);
    }

    private static byte[] Repeated(byte[] field, ref Rng rng)
    {
        var times = Math.Min(2 + rng.NextInt(rng.NextInt(4) == 0 ? 2000 : 3), Math.Max(2, ByteEdits.MostBytes / Math.Max(1, field.Length)));
        return ByteEdits.Join([.. Enumerable.Repeat(field, times)]);
    }

    private static byte[] Rebuilt(byte[] message, Field field, byte[] with) => ByteEdits.Join(message[..field.Start], with, message[field.End..]);

    private static int PastTag(byte[] message, Field field)
    {
        var at = field.Start;
        TryVarint(message, ref at, out _);
        return at;
    }

    /// <summary>With its length, which in a few cases is left wrong.</summary>
    private static byte[] Wrapped(ulong tag, byte[] content, ref Rng rng) =>
        [.. Varint(tag), .. Varint(rng.NextInt(12) == 0 ? Extremes[rng.NextInt(Extremes.Length)] : (ulong)content.Length), .. content];

    private static List<Field>? Fields(ReadOnlySpan<byte> message)
    {
        var fields = new List<Field>();
        for (var at = 0; at < message.Length && fields.Count < MostFields;)
        {
            var start = at;
            if (!TryVarint(message, ref at, out var tag) || tag >> 3 is 0 or > 10_000)
                return null;
            var value = at;
            switch (tag & 7)
            {
                case 0 when TryVarint(message, ref at, out _):
                    break;
                case 1:
                    at += 8;
                    break;
                case 2 when TryVarint(message, ref at, out var length) && length <= (ulong)(message.Length - at):
                    value = at;
                    at += (int)length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    return null;
            }
            if (at > message.Length)
                return null;
            fields.Add(new Field(tag, start, value, at));
        }
        return fields;
    }

    private static bool TryVarint(ReadOnlySpan<byte> bytes, ref int at, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && at < bytes.Length; shift += 7)
        {
            var b = bytes[at++];
            value |= (ulong)(b & 127) << shift;
            if (b < 128)
                return true;
        }
        return false;
    }

    public static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 128; value >>= 7)
            bytes.Add((byte)(value | 128));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
