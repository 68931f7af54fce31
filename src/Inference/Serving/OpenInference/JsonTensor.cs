using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Inference.Serving.OpenInference;

/// <summary>Tensors as JSON arrays, flat or nested, in row-major order.</summary>
internal static class JsonTensor
{
    /// <param name="to">Exactly the tensor's bytes.</param>
    /// <returns>What is wrong; null where nothing is.</returns>
    public static string? Read(JsonElement data, DataType type, Span<byte> to)
    {
        var at = 0;
        var problem = Fill(data, type, to, ref at);
        return problem ?? (at == to.Length ? null : $"has {at} bytes of numbers, allowed are {to.Length}");
    }

    /// <summary>Flat, under the name "data".</summary>
    /// <exception cref="NotSupportedException">JSON has no such number: a NaN, an infinity, or a type that has no JSON form.</exception>
    public static void Write(Utf8JsonWriter to, DataType type, ReadOnlySpan<byte> from)
    {
        to.WriteStartArray("data");
        switch (type)
        {
            case DataType.Float:
                foreach (var number in MemoryMarshal.Cast<byte, float>(from))
                    to.WriteNumberValue(float.IsFinite(number) ? number : throw NotJson(number));
                break;
            case DataType.Double:
                foreach (var number in MemoryMarshal.Cast<byte, double>(from))
                    to.WriteNumberValue(double.IsFinite(number) ? number : throw NotJson(number));
                break;
            case DataType.Float16:
                foreach (var number in MemoryMarshal.Cast<byte, Half>(from))
                    to.WriteNumberValue(Half.IsFinite(number) ? (float)number : throw NotJson((double)number));
                break;
            case DataType.Int64:
                foreach (var number in MemoryMarshal.Cast<byte, long>(from))
                    to.WriteNumberValue(number);
                break;
            case DataType.Int32:
                foreach (var number in MemoryMarshal.Cast<byte, int>(from))
                    to.WriteNumberValue(number);
                break;
            case DataType.Int8:
                foreach (var number in MemoryMarshal.Cast<byte, sbyte>(from))
                    to.WriteNumberValue(number);
                break;
            case DataType.Uint8:
                foreach (var number in from)
                    to.WriteNumberValue(number);
                break;
            case DataType.Bool:
                foreach (var number in from)
                    to.WriteBooleanValue(number != 0);
                break;
            default:
                throw new NotSupportedException($"{type} has no JSON form here, allowed is binary_data");
        }
        to.WriteEndArray();
    }

    private static string? Fill(JsonElement data, DataType type, Span<byte> to, ref int at)
    {
        if (data.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in data.EnumerateArray())
                if (Fill(item, type, to, ref at) is { } wrong)
                    return wrong;
            return null;
        }
        var written = type switch
        {
            DataType.Float => data.ValueKind == JsonValueKind.Number && data.TryGetSingle(out var v) && Put(v, to, ref at),
            DataType.Double => data.ValueKind == JsonValueKind.Number && data.TryGetDouble(out var v) && Put(v, to, ref at),
            DataType.Float16 => data.ValueKind == JsonValueKind.Number && data.TryGetSingle(out var v) && Put((Half)v, to, ref at),
            DataType.Int64 => data.ValueKind == JsonValueKind.Number && data.TryGetInt64(out var v) && Put(v, to, ref at),
            DataType.Int32 => data.ValueKind == JsonValueKind.Number && data.TryGetInt32(out var v) && Put(v, to, ref at),
            DataType.Int8 => data.ValueKind == JsonValueKind.Number && data.TryGetSByte(out var v) && Put(v, to, ref at),
            DataType.Uint8 => data.ValueKind == JsonValueKind.Number && data.TryGetByte(out var v) && Put(v, to, ref at),
            DataType.Bool => data.ValueKind is JsonValueKind.True or JsonValueKind.False && Put(data.ValueKind == JsonValueKind.True, to, ref at),
            _ => false,
        };
        return written ? null : $"holds {(data.GetRawText() is { Length: <= 40 } text ? text : data.ValueKind)} at byte {at}, allowed are {to.Length} bytes of {type}";
    }

    private static bool Put<T>(T value, Span<byte> to, ref int at)
        where T : unmanaged
    {
        if (!MemoryMarshal.TryWrite(to[at..], value))
            return false;
        at += Unsafe.SizeOf<T>();
        return true;
    }

    private static NotSupportedException NotJson(double number) => new($"{number} has no JSON form, allowed is binary_data");
}
