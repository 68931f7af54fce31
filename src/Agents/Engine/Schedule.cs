using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine;

/// <summary>
/// What of a graph has to be computed, in which order, and where each value lies: in its own storage, in the storage of the parameter that it updates, or in
/// a block of memory shared by values that are never alive together. A product is computed together with what finishes it, and lies where that does.
/// </summary>
internal sealed class Schedule
{
    private readonly Graph _graph;
    private readonly bool[] _needed;
    private readonly int[] _lastUse;
    private readonly Dictionary<int, Tensor> _updates = [];
    private readonly Matrix?[] _places;
    private readonly Dictionary<int, ProductFinish> _finishes = [];
    private readonly HashSet<Tensor> _absorbed = [];

    /// <param name="apart">Every value by itself, so that each can be looked at.</param>
    public Schedule(Graph graph, bool apart = false)
    {
        _graph = graph;
        var count = graph.Nodes.Count;
        (_needed, _lastUse, _places) = (new bool[count], new int[count], new Matrix?[count]);
        foreach (var root in graph.Outputs.Concat(graph.Updates.Select(u => u.Value)))
            _needed[root.Id] = true;
        for (var i = count - 1; i >= 0; i--)
            if (_needed[i])
                foreach (var input in graph.Nodes[i].Inputs)
                    _needed[input.Id] = true;
        if (!apart)
            foreach (var finish in ProductFinish.Of(graph, _needed))
            {
                _finishes.Add(finish.Product.Id, finish);
                _absorbed.UnionWith(finish.Absorbed);
            }
        foreach (var node in Computed)
            foreach (var read in Reads(node))
                _lastUse[read.Id] = Math.Max(_lastUse[read.Id], node.Id);
        foreach (var output in graph.Outputs)
            _lastUse[output.Id] = int.MaxValue;
        Late = [.. graph.Updates.Where(u => !UpdatesInPlace(u))];
        Place();
    }

    /// <summary>What is computed, in order. Adam's moments are left out: the step of their parameter computes them.</summary>
    public IEnumerable<Tensor> Steps => Computed.Where(n => n.Inputs.Count > 0 && n.Op is not (Op.AdamMean or Op.AdamSquare));

    /// <summary>Updates whose parameter is still read when the value is known; they are copied at the end.</summary>
    public IReadOnlyList<ParameterUpdate> Late { get; }

    /// <summary>Floats of shared memory.</summary>
    public int Floats { get; private set; }

    /// <summary>What is computed together with a product; null for others.</summary>
    public ProductFinish? FinishOf(Tensor product) => _finishes.GetValueOrDefault(product.Id);

    public Matrix At(Tensor node) => _places[node.Id] ?? throw new InvalidOperationException($"{node} is not computed: no output needs it");

    private IEnumerable<Tensor> Computed => _graph.Nodes.Where(n => _needed[n.Id] && !_absorbed.Contains(n));

    private IEnumerable<Tensor> Reads(Tensor node) => node.Op switch
    {
        Op.MatMul or Op.MatMulNT or Op.MatMulTN when FinishOf(node) is { } finish => [.. node.Inputs, finish.Beside],
        Op.AdamMean or Op.AdamSquare => [],
        Op.AdamStep => node.Inputs.Concat(node.Inputs[1].Inputs).Concat(node.Inputs[2].Inputs),
        _ => node.Inputs,
    };

    private bool UpdatesInPlace(ParameterUpdate update)
    {
        var (parameter, value) = update;
        if (value.Storage is not null)
        {
            if (_graph.Updates.Any(u => u.Parameter == value))
                throw new ArgumentException($"{parameter} takes the old version of {value}, which is updated too: take its new version");
            return false;
        }
        var adam = value.Op is Op.AdamMean or Op.AdamSquare or Op.AdamStep;
        var readOnce = adam || (_lastUse[parameter.Id] <= value.Id && (IsPointwise(value.Op) || !value.Inputs.Contains(parameter)));
        if (adam && _graph.Nodes.Any(n => _needed[n.Id] && n != value && n.Id > value.Id && n.Inputs.Contains(parameter)))
            throw new ArgumentException($"{parameter} is read after Adam changed it: take its new version, or read it before");
        if (readOnce && _updates.TryAdd(value.Id, parameter))
            return true;
        _lastUse[value.Id] = int.MaxValue;
        return false;
    }

    private void Place()
    {
        var plan = new MemoryPlan();
        var offsets = new Dictionary<int, int>();
        foreach (var step in Computed)
        {
            var node = FinishOf(step)?.Result ?? step;
            if (node.Storage is { } storage)
                _places[node.Id] = storage;
            else if (_updates.TryGetValue(node.Id, out var parameter))
                _places[node.Id] = parameter.Storage;
            else if (node.Op == Op.Constant || _lastUse[node.Id] == int.MaxValue)
                _places[node.Id] = Matrix.Zeros(node.Rows, node.Columns);
            else if (node == step && Heir(node, offsets) is { } dying)
            {
                plan.Inherit(dying.Id, node.Id);
                offsets[node.Id] = offsets[dying.Id];
            }
            else
                offsets[node.Id] = plan.Place(node.Id, node.Rows * Matrix.PaddedWidth(node.Columns));
            foreach (var read in Reads(step).Distinct())
                if (_lastUse[read.Id] == step.Id && offsets.ContainsKey(read.Id))
                    plan.Free(read.Id);
        }
        Floats = plan.Size;
        var memory = AlignedFloats.Allocate(Math.Max(plan.Size, Matrix.Padding));
        foreach (var (id, offset) in offsets)
        {
            var node = _graph.Nodes[id];
            _places[id] = new Matrix(memory.Slice(offset, node.Rows * Matrix.PaddedWidth(node.Columns)), node.Rows, node.Columns);
        }
        foreach (var (product, finish) in _finishes)
            _places[product] = At(finish.Result);
        foreach (var node in _graph.Nodes.Where(n => _needed[n.Id] && n.Op == Op.Constant))
            At(node).Row(0)[0] = (float)node.Scalar;
    }

    /// <summary>An operand that nobody reads afterwards and whose memory the result can take, element for element.</summary>
    private Tensor? Heir(Tensor node, Dictionary<int, int> offsets) => !IsPointwise(node.Op) ? null : node.Inputs.FirstOrDefault(input =>
        _lastUse[input.Id] == node.Id && offsets.ContainsKey(input.Id) && (input.Rows, input.Columns) == (node.Rows, node.Columns));

    private static bool IsPointwise(Op op) => op is Op.Add or Op.Sub or Op.Mul or Op.Div or Op.Min or Op.Max or Op.Exp or Op.Log or Op.Sqrt or Op.Relu
        or Op.Tanh or Op.Mish or Op.MishSlope or Op.Step or Op.Lerp;
}
