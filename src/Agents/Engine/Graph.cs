using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine;

/// <summary>A parameter and the value that takes its place when the graph is run.</summary>
public readonly record struct ParameterUpdate(Tensor Parameter, Tensor Value);

/// <summary>
/// A static program over matrices in single assignment: written once, differentiated by <see cref="Gradients"/>, run by an engine. Shapes are
/// checked while it is written. A parameter that is updated goes on being readable in its old version; <see cref="Update"/> gives the new one.
/// </summary>
public sealed class Graph
{
    private readonly List<Tensor> _nodes = [];
    private readonly Dictionary<Key, Tensor> _known = [];
    private readonly List<ParameterUpdate> _updates = [];
    private readonly List<Tensor> _outputs = [];

    public IReadOnlyList<Tensor> Nodes => _nodes;
    public IReadOnlyList<ParameterUpdate> Updates => _updates;

    /// <summary>Values that can be read after a run.</summary>
    public IReadOnlyList<Tensor> Outputs => _outputs;

    /// <summary>What <paramref name="storage"/> holds when the graph is run.</summary>
    public Tensor Input(string name, Matrix storage) => Leaf(Op.Input, name, storage);

    /// <summary>Weights, moments, multipliers: what <see cref="Update"/> may change.</summary>
    public Tensor Parameter(string name, Matrix storage) => Leaf(Op.Parameter, name, storage);

    public Tensor Constant(double value) => Node(Op.Constant, [], 1, 1, value);

    /// <summary>Keeps a value to be read after a run, under a name.</summary>
    public Tensor Output(string name, Tensor value)
    {
        value.Name ??= name;
        if (!_outputs.Contains(value))
            _outputs.Add(value);
        return value;
    }

    /// <summary>After the run <paramref name="parameter"/> holds <paramref name="value"/>, which is returned.</summary>
    public Tensor Update(Tensor parameter, Tensor value)
    {
        if (parameter.Op != Op.Parameter)
            throw new ArgumentException($"{parameter} is no parameter", nameof(parameter));
        if (_updates.Exists(u => u.Parameter == parameter))
            throw new ArgumentException($"{parameter} is updated twice", nameof(parameter));
        Require((parameter.Rows, parameter.Columns) == (value.Rows, value.Columns), "update", parameter, value);
        _updates.Add(new ParameterUpdate(parameter, value));
        return value;
    }

    public Tensor Lerp(Tensor x, Tensor y, double t)
    {
        Require((x.Rows, x.Columns) == (y.Rows, y.Columns), "lerp", x, y);
        return Node(Op.Lerp, [x, y], x.Rows, x.Columns, t);
    }

    /// <summary>One step of Adam (Kingma and Ba 2015); updates the parameter and both moments and returns the new parameter.</summary>
    /// <param name="rate">[1, 1], learning rate / (1 - beta1^t).</param>
    /// <param name="correction">[1, 1], 1 / sqrt(1 - beta2^t).</param>
    public Tensor Adam(Tensor parameter, Tensor gradient, Tensor mean, Tensor square, Tensor rate, Tensor correction, double epsilon)
    {
        foreach (var other in (ReadOnlySpan<Tensor>)[gradient, mean, square])
            Require((parameter.Rows, parameter.Columns) == (other.Rows, other.Columns), "Adam", parameter, other);
        // In double: 1f - 0.999f is off by 5e-5 relative, which moves weights visibly over a training.
        var m = Update(mean, Node(Op.AdamMean, [mean, gradient], mean.Rows, mean.Columns, 1 - 0.9));
        var v = Update(square, Node(Op.AdamSquare, [square, gradient], square.Rows, square.Columns, 1 - 0.999));
        return Update(parameter, Node(Op.AdamStep, [parameter, m, v, rate, correction], parameter.Rows, parameter.Columns, epsilon));
    }

    internal Tensor Binary(Op op, Tensor x, Tensor y)
    {
        Require((x.Rows == y.Rows || x.Rows == 1 || y.Rows == 1) && (x.Columns == y.Columns || x.Columns == 1 || y.Columns == 1), op.ToString(), x, y);
        return Node(op, [x, y], Math.Max(x.Rows, y.Rows), Math.Max(x.Columns, y.Columns));
    }

    internal Tensor Unary(Op op, Tensor x) => Node(op, [x], x.Rows, x.Columns);

    internal Tensor Reduce(Op op, Tensor x, int rows, int columns) => Node(op, [x], rows, columns);

    internal Tensor SumGroups(Tensor x, int rows)
    {
        if (rows == x.Rows)
            return x;
        if (x.Rows % rows != 0)
            throw new ArgumentException($"{x} has no {rows} groups of rows", nameof(rows));
        return Node(Op.SumGroups, [x], rows, x.Columns);
    }

    internal Tensor Reshape(Tensor x, int rows, int columns)
    {
        if (rows * columns != x.Rows * x.Columns)
            throw new ArgumentException($"{x} has not {rows} x {columns} numbers", nameof(rows));
        return Node(Op.Reshape, [x], rows, columns);
    }

    internal Tensor MatMul(Op op, Tensor x, Tensor y)
    {
        var (rows, depth) = op == Op.MatMulTN ? (x.Columns, x.Rows) : (x.Rows, x.Columns);
        var (columns, other) = op == Op.MatMulNT ? (y.Rows, y.Columns) : (y.Columns, y.Rows);
        Require(depth == other, op.ToString(), x, y);
        return Node(op, [x, y], rows, columns);
    }

    internal Tensor PickColumns(Tensor weights, Tensor index)
    {
        Require(index.Columns == 1, "pick", weights, index);
        return Node(Op.PickColumns, [weights, index], index.Rows, weights.Rows);
    }

    internal Tensor ScatterColumns(Tensor rows, Tensor index, int columns)
    {
        Require(index.Columns == 1 && index.Rows == rows.Rows, "scatter", rows, index);
        return Node(Op.ScatterColumns, [rows, index], rows.Columns, columns);
    }

    private Tensor Leaf(Op op, string name, Matrix storage)
    {
        if (_nodes.Exists(n => n.Storage is not null && n.Name == name))
            throw new ArgumentException($"there is already an input or parameter '{name}'", nameof(name));
        var leaf = new Tensor(this, _nodes.Count, op, [], storage.Rows, storage.Columns, 0, name, storage);
        _nodes.Add(leaf);
        return leaf;
    }

    private Tensor Node(Op op, Tensor[] inputs, int rows, int columns, double scalar = 0)
    {
        foreach (var input in inputs)
            if (input.Graph != this)
                throw new ArgumentException($"{input} belongs to another graph", nameof(inputs));
        var key = new Key(op, At(inputs, 0), At(inputs, 1), At(inputs, 2), rows, columns, scalar);
        if (_known.TryGetValue(key, out var known))
            return known;
        var node = new Tensor(this, _nodes.Count, op, inputs, rows, columns, scalar, null, null);
        _nodes.Add(node);
        _known.Add(key, node);
        return node;
    }

    private static int At(Tensor[] inputs, int i) => i < inputs.Length ? inputs[i].Id : -1;

    private static void Require(bool holds, string what, Tensor x, Tensor y)
    {
        if (!holds)
            throw new ArgumentException($"shapes do not fit: {what} of {x} and {y}");
    }

    private readonly record struct Key(Op Op, int First, int Second, int Third, int Rows, int Columns, double Scalar);
}
