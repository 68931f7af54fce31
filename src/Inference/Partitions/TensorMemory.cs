using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Inference.Partitions;

/// <summary>A tensor in memory of its own that stays where it is: ONNX Runtime and the codec work on the same bytes, and nothing is copied or allocated.</summary>
public sealed unsafe class TensorMemory : IDisposable
{
    /// <summary>A cache line, and the widest vector.</summary>
    private const int Alignment = 64;

    private readonly void* _memory;
    private readonly int _bytes;
    private bool _disposed;

    public TensorMemory(TensorInfo info)
    {
        _bytes = checked((int)info.Bytes);
        IsFloat = info.Type == DataType.Float;
        _memory = NativeMemory.AlignedAlloc((nuint)Math.Max(_bytes, 1), Alignment);
        Bytes.Clear();
        Value = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, (TensorElementType)info.Type, [.. info.Shape], (nint)_memory, _bytes);
    }

    public OrtValue Value { get; }

    /// <summary>Whether its numbers are float32.</summary>
    public bool IsFloat { get; }

    public Span<byte> Bytes => new(_memory, _bytes);

    public ReadOnlySpan<float> Floats => MemoryMarshal.Cast<byte, float>(Bytes);

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Value.Dispose();
        NativeMemory.AlignedFree(_memory);
    }
}
