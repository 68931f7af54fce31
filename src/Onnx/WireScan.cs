namespace RlOffload.Onnx;

/// <summary>
/// Counts what a file would become, before any of it is made: a field of two bytes can be an object of hundreds, so the length of a file says little about the
/// memory that reading it takes. Walks protobuf's tags and lengths only, into what the format says are messages.
/// </summary>
internal static class WireScan
{
    /// <summary>Messages and texts in one file; a network of 50,000 nodes has about a million.</summary>
    public const int MostObjects = 1 << 21;

    /// <summary>Fields in one file; packed numbers count as one.</summary>
    public const int MostFields = 1 << 24;

    /// <summary>As deep as Google.Protobuf itself follows.</summary>
    private const int MostDepth = 100;

    private enum Kind : byte { Leaf, Model, Graph, Node, Attribute, Tensor, Sparse, Function, Value, Type, TensorType, Shape }

    /// <exception cref="InvalidDataException">There is too much in it. What is malformed is left to the parser to tell.</exception>
    public static void Check(ReadOnlySpan<byte> file, string source)
    {
        var (fields, objects) = (0, 0);
        Walk(file, Kind.Model, 0, ref fields, ref objects);
        if (objects > MostObjects || fields > MostFields)
            throw new InvalidDataException($"{source}:file: holds more than {(objects > MostObjects ? $"{MostObjects} messages and texts" : $"{MostFields} fields")}, allowed are so many");
    }

    private static void Walk(ReadOnlySpan<byte> message, Kind kind, int depth, ref int fields, ref int objects)
    {
        for (var at = 0; at < message.Length && fields <= MostFields && objects <= MostObjects;)
        {
            if (!TryNumber(message, ref at, out var tag))
                return;
            fields++;
            switch (tag & 7)
            {
                case 0 when TryNumber(message, ref at, out _):
                    break;
                case 1:
                    at += 8;
                    break;
                case 2 when TryNumber(message, ref at, out var length) && length <= (ulong)(message.Length - at):
                    objects++;
                    if (Inner(kind, tag >> 3) is var inner and not Kind.Leaf && depth < MostDepth)
                        Walk(message.Slice(at, (int)length), inner, depth + 1, ref fields, ref objects);
                    at += (int)length;
                    break;
                case 3 or 4: // groups, which nothing here has, have no length: their fields follow
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    return;
            }
        }
    }

    /// <summary>What a field of a message is, by the numbers of onnx.proto.</summary>
    private static Kind Inner(Kind kind, ulong field) => (kind, field) switch
    {
        (Kind.Model, 7) => Kind.Graph,
        (Kind.Model, 25) => Kind.Function,
        (Kind.Graph, 1) or (Kind.Function, 7) => Kind.Node,
        (Kind.Graph, 5) or (Kind.Attribute, 5 or 10) or (Kind.Sparse, 1 or 2) => Kind.Tensor,
        (Kind.Graph, 11 or 12 or 13) => Kind.Value,
        (Kind.Graph, 15) or (Kind.Attribute, 22 or 23) => Kind.Sparse,
        (Kind.Node, 5) or (Kind.Function, 11) => Kind.Attribute,
        (Kind.Attribute, 6 or 11) => Kind.Graph,
        (Kind.Value, 2) => Kind.Type,
        (Kind.Type, 1) => Kind.TensorType,
        (Kind.TensorType, 2) => Kind.Shape,
        _ => Kind.Leaf,
    };

    private static bool TryNumber(ReadOnlySpan<byte> bytes, ref int at, out ulong value)
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
}
