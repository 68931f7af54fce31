using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RlOffload.Environment;
using RlOffload.Inference.Partitions;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Inference.Profiling;

/// <summary>Inputs that are the same in every run: uniform in [0, 1) for real numbers, any byte for bytes, 0 or 1 for other integers.</summary>
internal static class RandomInput
{
    /// <exception cref="InputException">The input is of a type that cannot be made up, such as strings.</exception>
    public static OrtValue Make(string model, string name, TensorInfo info, int index)
    {
        var rng = Rng.Keyed(1, 0, (ulong)index, RngPurpose.Noise);
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)info.Type, [.. info.Shape]);
        var bytes = value.GetTensorMutableRawData();
        switch (info.Type)
        {
            case DataType.Float:
                foreach (ref var x in MemoryMarshal.Cast<byte, float>(bytes))
                    x = (float)rng.NextDouble();
                break;
            case DataType.Double:
                foreach (ref var x in MemoryMarshal.Cast<byte, double>(bytes))
                    x = rng.NextDouble();
                break;
            case DataType.Float16:
                foreach (ref var x in MemoryMarshal.Cast<byte, Half>(bytes))
                    x = (Half)rng.NextDouble();
                break;
            case DataType.Uint8 or DataType.Int8:
                foreach (ref var x in bytes)
                    x = (byte)rng.NextInt(256);
                break;
            case DataType.Bool:
                foreach (ref var x in bytes)
                    x = (byte)rng.NextInt(2);
                break;
            case DataType.Int32 or DataType.Uint32:
                foreach (ref var x in MemoryMarshal.Cast<byte, int>(bytes))
                    x = rng.NextInt(2);
                break;
            case DataType.Int64 or DataType.Uint64:
                foreach (ref var x in MemoryMarshal.Cast<byte, long>(bytes))
                    x = rng.NextInt(2);
                break;
            default:
                throw new InputException(model, $"graph.input '{name}'", $"is of type {info.Type}, allowed are real numbers, integers and bool");
        }
        return value;
    }
}
