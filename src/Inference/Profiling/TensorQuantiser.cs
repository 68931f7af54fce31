using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Inference.Profiling;

/// <summary>
/// Makes of a tensor what its receiver would get at a number of bits. Real numbers go through <see cref="AffineQuantiser"/>, and so do
/// the codes of an already 8-bit tensor where fewer than 8 bits are asked for; shapes, indices and truth values are sent as they are.
/// </summary>
/// <param name="info">The tensor, perhaps of a batch.</param>
/// <param name="slice">Elements of one request: each request's part of a batch has its own range.</param>
internal sealed class TensorQuantiser(TensorInfo info, long slice)
{
    /// <summary>A new tensor; the given one is left as it is.</summary>
    public OrtValue Quantise(OrtValue value, int bits)
    {
        var result = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)info.Type, [.. info.Shape]);
        var source = value.GetTensorMutableRawData();
        var target = result.GetTensorMutableRawData();
        source.CopyTo(target);
        var length = (int)slice;
        switch (info.Type)
        {
            case DataType.Float:
                var floats = MemoryMarshal.Cast<byte, float>(target);
                for (var i = 0; i < floats.Length; i += length)
                    AffineQuantiser.Quantise(floats.Slice(i, length), bits, floats.Slice(i, length));
                break;
            case DataType.Float16 when bits < 16:
                Requantise(MemoryMarshal.Cast<byte, Half>(target), length, bits, h => (float)h, f => (Half)f);
                break;
            case DataType.Uint8 when bits < 8:
                Requantise(target, length, bits, b => b, f => (byte)Math.Clamp(MathF.Round(f), 0, 255));
                break;
            case DataType.Int8 when bits < 8:
                Requantise(MemoryMarshal.Cast<byte, sbyte>(target), length, bits, b => b, f => (sbyte)Math.Clamp(MathF.Round(f), -128, 127));
                break;
        }
        return result;
    }

    private static void Requantise<T>(Span<T> values, int length, int bits, Func<T, float> read, Func<float, T> write)
    {
        var numbers = new float[length];
        for (var i = 0; i < values.Length; i += length)
        {
            var part = values.Slice(i, length);
            for (var j = 0; j < length; j++)
                numbers[j] = read(part[j]);
            AffineQuantiser.Quantise(numbers, bits, numbers);
            for (var j = 0; j < length; j++)
                part[j] = write(numbers[j]);
        }
    }
}
