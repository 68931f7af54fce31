namespace RlOffload.Inference.Policies.Distilled;

/// <summary>
/// A binary tree of thresholds on single entries of the observation; its leaves are the regions. Nodes are in the order in which children follow
/// their parents, so that a walk ends.
/// </summary>
public sealed class DecisionTree : IRegions
{
    public const int MostLeaves = 1 << 16;

    private readonly Node[] _nodes;

    /// <param name="nodes">None for a tree of one leaf.</param>
    /// <exception cref="InvalidDataException">A child is no later node and no leaf, or a leaf does not hang on the tree exactly once.</exception>
    public DecisionTree(IReadOnlyList<Node> nodes)
    {
        _nodes = [.. nodes];
        Count = _nodes.Length + 1;
        var (parents, leaves) = (new int[_nodes.Length], new int[Count]);
        for (var i = 0; i < _nodes.Length; i++)
            foreach (var child in (ReadOnlySpan<int>)[_nodes[i].Below, _nodes[i].Above])
            {
                if (child >= 0 ? child <= i || child >= _nodes.Length : ~child >= Count)
                    throw new InvalidDataException($"nodes[{i}]: has the child {child}, allowed is a later node (up to {_nodes.Length - 1}) or a leaf (-1 to {-Count})");
                if (child >= 0 ? ++parents[child] > 1 : ++leaves[~child] > 1)
                    throw new InvalidDataException($"nodes[{i}]: has the child {child}, which hangs elsewhere too");
            }
    }

    public PolicyForm Form => PolicyForm.Tree;
    public int Count { get; }
    public IReadOnlyList<Node> Nodes => _nodes;

    public int Find(ReadOnlySpan<float> observation)
    {
        if (_nodes.Length == 0)
            return 0;
        var at = 0;
        do
        {
            ref readonly var node = ref _nodes[at];
            at = observation[node.Feature] <= node.Threshold ? node.Below : node.Above;
        }
        while (at >= 0);
        return ~at;
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(_nodes.Length);
        foreach (var node in _nodes)
        {
            writer.Write((ushort)node.Feature);
            writer.Write(node.Threshold);
            writer.Write(node.Below);
            writer.Write(node.Above);
        }
    }

    /// <param name="inputs">Length of an observation.</param>
    /// <exception cref="InvalidDataException">It is no tree over such observations.</exception>
    public static DecisionTree Read(BinaryReader reader, int inputs)
    {
        var count = reader.ReadInt32();
        if (count is < 0 or >= MostLeaves)
            throw new InvalidDataException($"nodes: are {count}, allowed is 0 to {MostLeaves - 1}");
        var nodes = new List<Node>();
        for (var i = 0; i < count; i++)
        {
            var node = new Node(reader.ReadUInt16(), reader.ReadSingle(), reader.ReadInt32(), reader.ReadInt32());
            if (node.Feature >= inputs || !float.IsFinite(node.Threshold))
                throw new InvalidDataException($"nodes[{i}]: asks for entry {node.Feature} at {node.Threshold}, allowed is an entry of 0 to {inputs - 1} and a finite number");
            nodes.Add(node);
        }
        return new DecisionTree(nodes);
    }

    /// <param name="Feature">Entry of the observation.</param>
    /// <param name="Below">Where to go at the threshold or less: a later node, or ~ of a leaf.</param>
    /// <param name="Above">Where to go otherwise.</param>
    public readonly record struct Node(int Feature, float Threshold, int Below, int Above);
}
