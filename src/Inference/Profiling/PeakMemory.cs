using RlOffload.Inference.Partitions;
using RlOffload.Onnx;

namespace RlOffload.Inference.Profiling;

/// <summary>
/// Memory of a partition, computed rather than measured so that it is the same everywhere: the weights that its nodes read plus the most
/// bytes of inputs and activations alive at once when nodes run in order. Views share memory with what they view, and an element-wise node
/// overwrites its input if nobody else needs it, as ONNX Runtime's planner has it. Scratch space inside kernels is not counted.
/// </summary>
internal static class PeakMemory
{
    private static readonly HashSet<string> Views = ["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout"];

    private static readonly HashSet<string> InPlace =
    [
        "Relu", "LeakyRelu", "Clip", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish", "Elu", "Add", "Sub", "Mul", "Div", "Sum", "Exp", "Sqrt",
        "Neg", "Abs", "BatchNormalization",
    ];

    /// <param name="outputs">The tensors that the partition, starting at the model's inputs, must compute.</param>
    /// <param name="tensors">Sizes of all tensors; those that it lacks (no tensors of numbers) count as nothing.</param>
    public static long OfHead(GraphView graph, IReadOnlyList<string> outputs, IReadOnlyDictionary<string, TensorInfo> tensors)
    {
        var needed = graph.Ancestors(outputs);
        var nodes = Enumerable.Range(0, graph.Nodes.Count).Where(i => needed[i] && !graph.IsConstantNode(i)).ToList();
        long Size(string tensor) => tensors.TryGetValue(tensor, out var info) ? info.Bytes : 0;
        var weights = nodes.SelectMany(graph.Reads).Where(graph.IsConstant).Distinct().Sum(Size);

        // Readers left by buffer; several tensors share a buffer where one is a view of, or overwrote, another.
        var readers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var tensor in nodes.SelectMany(graph.Reads).Where(t => !graph.IsConstant(t)).Concat(outputs))
            readers[tensor] = readers.GetValueOrDefault(tensor) + 1;
        var buffers = new Dictionary<string, Buffer>(StringComparer.Ordinal);
        long now = 0;
        foreach (var input in graph.Inputs.Where(v => readers.ContainsKey(v.Name)))
        {
            // The caller owns inputs: they are never overwritten and stay until the end.
            buffers[input.Name] = new Buffer(Size(input.Name)) { Readers = int.MaxValue / 2 };
            now += Size(input.Name);
        }
        var peak = now;
        foreach (var node in nodes)
        {
            var reads = graph.Reads(node).Where(buffers.ContainsKey).ToList();
            var op = graph.Nodes[node].OpType;
            foreach (var output in graph.Writes(node))
            {
                var shared = Views.Contains(op) && reads.Count > 0 ? buffers[reads[0]]
                    : InPlace.Contains(op) ? reads.Select(r => buffers[r]).FirstOrDefault(b => b.Readers == 1 && b.Bytes == Size(output)) : null;
                var buffer = buffers[output] = shared ?? new Buffer(Size(output));
                buffer.Readers += readers.GetValueOrDefault(output);
                if (shared is null)
                    now += buffer.Bytes;
            }
            peak = Math.Max(peak, now);
            foreach (var buffer in reads.Select(r => buffers[r]))
                if (--buffer.Readers == 0)
                    now -= buffer.Bytes;
            var read = reads.Select(r => buffers[r]);
            foreach (var unread in graph.Writes(node).Select(o => buffers[o]).Where(b => b.Readers == 0).Distinct().Except(read))
                now -= unread.Bytes;
        }
        return weights + peak;
    }

    private sealed class Buffer(long bytes)
    {
        public long Bytes { get; } = bytes;
        public int Readers { get; set; }
    }
}
