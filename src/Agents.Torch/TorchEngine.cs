using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using TorchSharp;
using Value = TorchSharp.torch.Tensor;

namespace RlOffload.Agents.Torch;

/// <summary>
/// The third engine: the nodes of a graph one after the other as TorchSharp calls, on the first CUDA device if there is one, else on one thread of the
/// processor. Gradients are nodes like others, so nothing is recorded for a backward pass. Slower than the built-in engine on a processor; on CUDA every
/// node is a kernel launch, so that it can pay only for wide networks and large batches.
/// </summary>
public sealed class TorchEngine : IEngine
{
    private readonly Graph _graph;
    private readonly Tensor[] _needed;
    private readonly Value?[] _values;
    private readonly Dictionary<Tensor, Matrix> _outputs;
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
    }

    public void Run()
    {
        using var scope = torch.NewDisposeScope();
        foreach (var node in _needed)
            _values[node.Id] = Shaped(node, TorchLowering.Of(node, X(node), _device));
        // Only now: what is read above is the version before the update.
        foreach (var (parameter, value) in _graph.Updates)
            Copy(_values[value.Id]!, parameter.Storage!.Value);
        foreach (var (output, matrix) in _outputs)
            Copy(_values[output.Id]!, matrix);
        Array.Clear(_values);
    }

    public Matrix Read(Tensor output) => _outputs[output];

    public void Dispose() { }

    private Value[] X(Tensor node) => [.. node.Inputs.Select(input => _values[input.Id]!)];

    /// <summary>LibTorch may end the process at a product whose shapes do not fit; values of the shapes that the graph has cannot get there.</summary>
    private static Value Shaped(Tensor node, Value value) => value.shape is [var rows, var columns] && rows == node.Rows && columns == node.Columns
        ? value : throw new InvalidOperationException($"{node} became [{string.Join(", ", value.shape)}]");

    private static void Copy(Value from, Matrix to)
    {
        var values = from.cpu().contiguous().data<float>().ToArray();
        for (var r = 0; r < to.Rows; r++)
            values.AsSpan(r * to.Columns, to.Columns).CopyTo(to.Row(r));
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
