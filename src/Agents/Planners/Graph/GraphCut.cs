namespace RlOffload.Agents.Planners;

/// <summary>What a partition depends on beyond the graph.</summary>
/// <param name="Slowdown">Factor on the device's times.</param>
/// <param name="Rate">Of the uplink, bit/s.</param>
/// <param name="Load">Factor on the server's times.</param>
/// <param name="RoundTrip">s, paid once where anything is sent.</param>
public readonly record struct CutConditions(double Slowdown, double Rate, double Load, double RoundTrip);

/// <summary>T_e, T_t and T_c of a partition: how long each request holds the device, the uplink and the server, s.</summary>
public readonly record struct StageTimes(double Edge, double Sending, double Cloud)
{
    public double Longest => Math.Max(Edge, Math.Max(Sending, Cloud));
}

/// <summary>
/// The partition of least weighted time of a graph, by a smallest cut as DADS builds it (Hu et al., INFOCOM 2019): an edge from the device to layer v of capacity t_c, one from
/// v to the server of t_e, and t_t from a layer to its readers, through a vertex of its own where there are several, so that it is paid once. Added here: unlimited edges from a
/// reader back to its maker, since nothing is sent back to the device, and the header and the round trip, which the answering layer pays on the server. Of t_e and t_c only the
/// difference is put into the network. Exact to a picosecond a term; allocates nothing after construction.
/// </summary>
internal sealed class GraphCut
{
    private const double PerSecond = 1e12;

    private readonly GraphLayer[] _layers;
    private readonly (int Maker, int[] Readers, double Bytes, double PackSeconds)[] _tensors;
    private readonly double _headerBytes;
    private readonly MaxFlow _flow;
    private readonly int[] _sending;
    private readonly int[] _unlimited;
    private readonly long _most;
    private readonly bool[] _onEdge;

    public GraphCut(LayerGraph graph)
    {
        _layers = [.. graph.Layers];
        _tensors = [.. graph.Tensors.Select(t => (t.Maker, t.Readers.ToArray(), t.Bytes, t.PackSeconds))];
        _headerBytes = graph.HeaderBytes;
        int layers = graph.Layers.Count, source = layers, sink = layers + 1, vertices = layers + 2;
        var edges = new List<(int, int)>();
        for (var v = 0; v < layers; v++)
        {
            edges.Add((source, v));
            edges.Add((v, sink));
        }
        _sending = new int[graph.Tensors.Count];
        var unlimited = new List<int>();
        for (var t = 0; t < _sending.Length; t++)
        {
            var (tensor, maker) = (graph.Tensors[t], graph.Tensors[t].Maker < 0 ? source : graph.Tensors[t].Maker);
            _sending[t] = edges.Count;
            if (tensor.Readers.Count == 1)
            {
                edges.Add((maker, tensor.Readers[0]));
                continue;
            }
            edges.Add((maker, vertices));
            foreach (var reader in tensor.Readers)
            {
                unlimited.Add(edges.Count);
                edges.Add((vertices, reader));
                unlimited.Add(edges.Count);
                edges.Add((reader, maker));
            }
            vertices++;
        }
        _unlimited = [.. unlimited];
        _flow = new MaxFlow(vertices, source, sink, edges);
        _most = MaxFlow.Unlimited / 8 / (layers + _sending.Length + 1);
        _onEdge = new bool[layers];
    }

    /// <summary>By layer, whether the last solution keeps it on the device; of equally good ones the fewest layers.</summary>
    public ReadOnlySpan<bool> OnEdge => _onEdge;

    /// <summary>Least of <paramref name="alpha"/> T_e + T_t + <paramref name="gamma"/> T_c, and of the round trip where something is sent.</summary>
    public void Solve(in CutConditions c, double alpha = 1, double gamma = 1)
    {
        double edge = alpha * c.Slowdown, cloud = gamma * c.Load;
        for (var v = 0; v < _layers.Length; v++)
        {
            var stays = edge * _layers[v].EdgeSeconds;
            var leaves = cloud * _layers[v].CloudSeconds + (v == _layers.Length - 1 ? _headerBytes * 8 / c.Rate + c.RoundTrip : 0);
            _flow.Set(2 * v, Capacity(leaves - stays));
            _flow.Set(2 * v + 1, Capacity(stays - leaves));
        }
        foreach (var e in _unlimited)
            _flow.Set(e, MaxFlow.Unlimited);
        for (var t = 0; t < _tensors.Length; t++)
        {
            ref readonly var tensor = ref _tensors[t];
            _flow.Set(_sending[t], Capacity(tensor.Bytes * 8 / c.Rate + edge * tensor.PackSeconds), tensor.Readers.Length == 1 ? MaxFlow.Unlimited : 0);
        }
        _flow.Run();
        for (var v = 0; v < _onEdge.Length; v++)
            _onEdge[v] = _flow.OnSourceSide(v);
    }

    /// <summary>Unweighted stage times of the last solution; the round trip belongs to none.</summary>
    public StageTimes Stages(in CutConditions c)
    {
        double edge = 0, bytes = 0, cloud = 0;
        for (var v = 0; v < _layers.Length; v++)
            if (_onEdge[v])
                edge += _layers[v].EdgeSeconds;
            else
                cloud += _layers[v].CloudSeconds;
        foreach (ref readonly var tensor in _tensors.AsSpan())
            if ((tensor.Maker < 0 || _onEdge[tensor.Maker]) && Leaves(tensor.Readers))
            {
                bytes += tensor.Bytes;
                edge += tensor.PackSeconds;
            }
        return new(edge * c.Slowdown, (_onEdge[^1] ? 0 : bytes + _headerBytes) * 8 / c.Rate, cloud * c.Load);
    }

    private bool Leaves(int[] readers)
    {
        foreach (var reader in readers)
            if (!_onEdge[reader])
                return true;
        return false;
    }

    /// <summary>What is no number or beyond all measure costs the most that the network can add up.</summary>
    private long Capacity(double seconds) => seconds <= 0 ? 0 : seconds * PerSecond < _most ? (long)(seconds * PerSecond) : _most;
}
