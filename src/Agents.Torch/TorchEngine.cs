using System.Runtime.InteropServices;
using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using TorchSharp;
using Value = TorchSharp.torch.Tensor;

namespace RlOffload.Agents.Torch;

/// <summary>
/// The third engine: the nodes of a graph one after the other as TorchSharp calls, on the first CUDA device if there is one, else on one thread of the
/// processor, where parameters are read and written in the very memory that acting and checkpoints use. Gradients are nodes like others, so nothing is recorded
/// for a backward pass. Slower than the built-in engine on a processor; on CUDA every node is a kernel launch, so that it can pay only for wide networks and large batches.
/// </summary>
public sealed class TorchEngine : IEngine
{
    private readonly Graph _graph;
    private readonly Tensor[] _needed;
    private readonly Value?[] _values;
    private readonly Dictionary<Tensor, Matrix> _outputs;
    private readonly Dictionary<Tensor, Value> _memory = [];
    private readonly torch.Device _device;

    public TorchEngine(Graph graph)
    {
        _graph = graph;
        _values = new Value?[graph.Nodes.Count];
        _needed = [.. Needed(graph)];
        _outputs = graph.Outputs.ToDictionary(o => o, o => Matrix.Zeros(o.Rows, o.Columns));
        _device = torch.cuda.is_available() ? torch.CUDA : torch.CPU;
        // Seeds run side by side use cores better than threads of one.
        if (_device.type == DeviceType.CPU)
            torch.set_num_threads(1);
        foreach (var node in graph.Nodes)
            if (node.Storage is { } storage)
                _memory.Add(node, MemoryOf(storage));
            else if (node.Op == Op.Constant)
                _memory.Add(node, torch.full(1, 1, (float)node.Scalar, device: _device));
        foreach (var (output, matrix) in _outputs)
            _memory.Add(output, MemoryOf(matrix));
    }

    /// <summary>Why LibTorch cannot be used on this machine; null where it can.</summary>
    public static string? Problem()
    {
        // The system's loader says why; TorchSharp's own search would first copy the libraries to another place and say only where it looked.
        if (LoadProblem(Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", "libLibTorchSharp.so")) is { } problem)
            return problem;
        try
        {
            _ = torch.get_num_threads();
            return null;
        }
        catch (TypeInitializationException e)
        {
            return (e.InnerException ?? e).Message.Split('\n')[0];
        }
    }

    private static string? LoadProblem(string library)
    {
        if (!File.Exists(library))
            return null;
        try
        {
            NativeLibrary.Free(NativeLibrary.Load(library));
            return null;
        }
        catch (DllNotFoundException e)
        {
            var lines = e.Message.Split('\n');
            return lines.FirstOrDefault(line => line.Contains("not found", StringComparison.Ordinal)) ?? lines[0];
        }
    }

    public void Run()
    {
        using var scope = torch.NewDisposeScope();
        using var _ = torch.no_grad();
        foreach (var node in _needed)
            _values[node.Id] = node.Op is Op.Input or Op.Parameter or Op.Constant ? _memory[node].to(_device) : Shaped(node, TorchLowering.Of(node, X(node)));
        foreach (var output in _outputs.Keys)
            _memory[output].copy_(_values[output.Id]!);
        // Only now: what is read above is the version before the update. A value that is itself a parameter's memory is copied before that is written.
        var updates = _graph.Updates.Select(u => (To: _memory[u.Parameter], Value: Looks(u.Value) ? _values[u.Value.Id]!.clone() : _values[u.Value.Id]!)).ToArray();
        foreach (var (to, value) in updates)
            to.copy_(value);
        Array.Clear(_values);
    }

    public Matrix Read(Tensor output) => _outputs[output];

    public void Dispose()
    {
        foreach (var memory in _memory.Values)
            memory.Dispose();
    }

    private Value[] X(Tensor node) => [.. node.Inputs.Select(input => _values[input.Id]!)];

    /// <summary>Whether a value may lie in another's memory.</summary>
    private static bool Looks(Tensor node) => node.Op is Op.Input or Op.Parameter or Op.Reshape or Op.RepeatColumns or Op.RepeatRows;

    /// <summary>LibTorch may end the process at a product whose shapes do not fit; values of the shapes that the graph has cannot get there.</summary>
    private static Value Shaped(Tensor node, Value value) => value.size(0) == node.Rows && value.size(1) == node.Columns && value.dim() == 2
        ? value : throw new InvalidOperationException($"{node} became [{string.Join(", ", value.shape)}]");

    /// <summary>The numbers of a matrix, not a copy of them; its rows are padded.</summary>
    private static Value MemoryOf(Matrix matrix)
    {
        if (!MemoryMarshal.TryGetArray<float>(matrix.Memory, out var array))
            throw new InvalidOperationException("a matrix lies in no array");
        using var all = torch.frombuffer(array.Array!, torch.ScalarType.Float32, array.Count, array.Offset);
        return all.as_strided([matrix.Rows, matrix.Columns], [matrix.Stride, 1]);
    }

    /// <summary>What outputs and updates are computed from, in order.</summary>
    private static IEnumerable<Tensor> Needed(Graph graph)
    {
        var needed = graph.Outputs.Concat(graph.Updates.Select(u => u.Value)).Select(n => n.Id).ToHashSet();
        for (var i = graph.Nodes.Count - 1; i >= 0; i--)
            if (needed.Contains(i))
                needed.UnionWith(graph.Nodes[i].Inputs.Select(n => n.Id));
        return graph.Nodes.Where(n => needed.Contains(n.Id));
    }
}
