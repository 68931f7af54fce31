using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using RlOffload.Onnx;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Inference.Partitions;

/// <summary>
/// A network's large weights, once in memory for all the sessions of its parts, and what kernels make of them when they pack them. ONNX Runtime copies a
/// weight all the same where an optimisation makes another one of it, as its blocked layout for convolutions does.
/// </summary>
internal sealed class SharedWeights : IDisposable
{
    /// <summary>Smaller ones are constants that optimisations want to see.</summary>
    private const int LeastBytes = 4096;

    private readonly PrePackedWeightsContainer _packed = new();
    private readonly Dictionary<string, TensorMemory> _weights = new(StringComparer.Ordinal);

    public SharedWeights(GraphView graph)
    {
        foreach (var (name, weight) in graph.Initialisers)
        {
            var info = new TensorInfo((DataType)weight.DataType, [.. weight.Dims]);
            if (info.Type != DataType.Float || info.Bytes < LeastBytes)
                continue;
            var memory = new TensorMemory(info);
            if (weight.RawData.Length == info.Bytes)
                weight.RawData.Span.CopyTo(memory.Bytes);
            else if (weight.FloatData.Count == info.Elements)
                weight.FloatData.ToArray().CopyTo(MemoryMarshal.Cast<byte, float>(memory.Bytes));
            else
            {
                memory.Dispose();
                continue;
            }
            _weights[name] = memory;
        }
    }

    /// <summary>Bytes that are held once.</summary>
    public long Bytes => _weights.Values.Sum(w => (long)w.Bytes.Length);

    /// <summary>A session of a part of the network that reads these weights.</summary>
    public InferenceSession Open(OnnxModel part, SessionOptions options)
    {
        foreach (var weight in part.Proto.Graph.Initializer)
            if (_weights.TryGetValue(weight.Name, out var shared))
                options.AddInitializer(weight.Name, shared.Value);
        return new InferenceSession(part.ToBytes(), options, _packed);
    }

    /// <summary>After the last session.</summary>
    public void Dispose()
    {
        _packed.Dispose();
        foreach (var weight in _weights.Values)
            weight.Dispose();
    }
}
