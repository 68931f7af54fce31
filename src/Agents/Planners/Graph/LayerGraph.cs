namespace RlOffload.Agents.Planners;

/// <param name="EdgeSeconds">t_e: time on the cool device; differences of measured times may be a little below 0.</param>
/// <param name="CloudSeconds">t_c: time on the unloaded server.</param>
public readonly record struct GraphLayer(double EdgeSeconds, double CloudSeconds);

/// <summary>What one layer gives to others: sent once, if any of them runs on the server.</summary>
/// <param name="Maker">Layer, or -1 for the network's input, which the device has.</param>
/// <param name="Readers">Layers after the maker.</param>
/// <param name="Bytes">As sent.</param>
/// <param name="PackSeconds">Time of the device to quantise and pack it.</param>
public sealed record GraphTensor(int Maker, IReadOnlyList<int> Readers, double Bytes, double PackSeconds = 0);

/// <summary>
/// A network as a planner on graphs sees it, in one topological order; the last layer gives the answer and needs all others. Immutable.
/// </summary>
public sealed class LayerGraph
{
    /// <param name="headerBytes">Sent once with whatever is sent.</param>
    /// <exception cref="ArgumentException">A tensor is read before it is made, or not at all.</exception>
    public LayerGraph(IReadOnlyList<GraphLayer> layers, IReadOnlyList<GraphTensor> tensors, double headerBytes = 0)
    {
        foreach (var tensor in tensors)
            if (tensor.Readers.Count == 0 || tensor.Readers.Any(r => r <= tensor.Maker || r >= layers.Count))
                throw new ArgumentException($"the tensor of layer {tensor.Maker} is read by {string.Join(", ", tensor.Readers)}, allowed are later layers", nameof(tensors));
        (Layers, Tensors, HeaderBytes) = (layers, tensors, headerBytes);
    }

    public IReadOnlyList<GraphLayer> Layers { get; }
    public IReadOnlyList<GraphTensor> Tensors { get; }
    public double HeaderBytes { get; }
}
