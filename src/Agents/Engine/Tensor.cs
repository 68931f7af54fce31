using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine;

/// <summary>
/// A value of a <see cref="Graph"/>: a matrix of float32 that exists when the graph is run. Arithmetic on it adds nodes; equal nodes are one.
/// </summary>
public sealed class Tensor
{
    private readonly Graph _graph;

    internal Tensor(Graph graph, int id, Op op, Tensor[] inputs, int rows, int columns, double scalar, string? name, Matrix? storage)
    {
        (_graph, Id, Op, Inputs, Rows, Columns) = (graph, id, op, inputs, rows, columns);
        (Scalar, Name, Storage) = (scalar, name, storage);
    }

    /// <summary>Position in the order in which the graph was written, which is an order of evaluation.</summary>
    public int Id { get; }

    public Op Op { get; }
    public IReadOnlyList<Tensor> Inputs { get; }
    public int Rows { get; }
    public int Columns { get; }

    /// <summary>The number of a constant, t of Lerp and of Adam's moments, epsilon of an Adam step; else 0.</summary>
    public double Scalar { get; }

    /// <summary>Of inputs and parameters, and of values that were given one.</summary>
    public string? Name { get; internal set; }

    /// <summary>Where an input or a parameter lives; null for what is computed.</summary>
    public Matrix? Storage { get; }

    internal Graph Graph => _graph;

    public static Tensor operator +(Tensor x, Tensor y) => x._graph.Binary(Op.Add, x, y);
    public static Tensor operator -(Tensor x, Tensor y) => x._graph.Binary(Op.Sub, x, y);
    public static Tensor operator *(Tensor x, Tensor y) => x._graph.Binary(Op.Mul, x, y);
    public static Tensor operator /(Tensor x, Tensor y) => x._graph.Binary(Op.Div, x, y);
    public static Tensor operator +(Tensor x, double y) => y == 0 ? x : x + x._graph.Constant(y);
    public static Tensor operator -(Tensor x, double y) => y == 0 ? x : x - x._graph.Constant(y);
    public static Tensor operator -(double x, Tensor y) => y._graph.Constant(x) - y;
    public static Tensor operator *(double x, Tensor y) => x == 1 ? y : y._graph.Constant(x) * y;
    public static Tensor operator /(double x, Tensor y) => y._graph.Constant(x) / y;
    public static Tensor operator -(Tensor x) => -1.0 * x;

    public static Tensor Min(Tensor x, Tensor y) => x._graph.Binary(Op.Min, x, y);
    public static Tensor Max(Tensor x, Tensor y) => x._graph.Binary(Op.Max, x, y);

    /// <summary>Bounded from both sides; the gradient is 0 outside.</summary>
    public Tensor Clip(double lowest, double highest) => Min(Max(this, _graph.Constant(lowest)), _graph.Constant(highest));

    public Tensor Abs() => Max(this, -this);
    public Tensor Square() => this * this;

    /// <summary>x^2 / 2 up to delta, delta (|x| - delta / 2) beyond (Huber 1964); delta 0 bends nowhere.</summary>
    public Tensor Huber(double delta)
    {
        if (delta == 0)
            return 0.5 * Square();
        var (size, bend) = (Abs(), _graph.Constant(delta));
        var inner = Min(size, bend);
        return 0.5 * inner.Square() + delta * (size - inner);
    }

    public Tensor Exp() => _graph.Unary(Op.Exp, this);
    public Tensor Log() => _graph.Unary(Op.Log, this);
    public Tensor Sqrt() => _graph.Unary(Op.Sqrt, this);
    public Tensor Relu() => _graph.Unary(Op.Relu, this);
    public Tensor Tanh() => _graph.Unary(Op.Tanh, this);
    public Tensor Mish() => _graph.Unary(Op.Mish, this);
    public Tensor MishSlope() => _graph.Unary(Op.MishSlope, this);
    public Tensor Step() => _graph.Unary(Op.Step, this);
    public Tensor LogSoftmax() => _graph.Unary(Op.LogSoftmax, this);

    /// <summary>[r, c] [c, n]</summary>
    public Tensor MatMul(Tensor y) => _graph.MatMul(Op.MatMul, this, y);

    public Tensor SumColumns() => Columns == 1 ? this : _graph.Reduce(Op.SumColumns, this, Rows, 1);
    public Tensor SumRows() => Rows == 1 ? this : _graph.Reduce(Op.SumRows, this, 1, Columns);
    public Tensor MaxColumns() => Columns == 1 ? this : _graph.Reduce(Op.MaxColumns, this, Rows, 1);
    public Tensor Sum() => SumColumns().SumRows();
    public Tensor Mean() => 1.0 / ((double)Rows * Columns) * Sum();

    /// <summary>[r, c] to [r n, c]</summary>
    public Tensor RepeatRows(int n) => n == 1 ? this : _graph.Reduce(Op.RepeatRows, this, Rows * n, Columns);

    /// <summary>[r, 1] to [r, n]</summary>
    public Tensor RepeatColumns(int n) => n == 1 ? this : Columns == 1 ? _graph.Reduce(Op.RepeatColumns, this, Rows, n)
        : throw new ArgumentException($"{this} has more than one column", nameof(n));

    public Tensor Reshape(int rows, int columns) => (rows, columns) == (Rows, Columns) ? this : _graph.Reshape(this, rows, columns);

    public Tensor Lerp(Tensor y, double t) => _graph.Lerp(this, y, t);

    /// <summary>Of W [h, a]: row i of the result [b, h] is column index[i]. Q(s, a) of a linear head costs one row of its weights so.</summary>
    public Tensor PickColumns(Tensor index) => _graph.PickColumns(this, index);

    public override string ToString() => $"{Name ?? $"%{Id}"}: {Op} [{Rows}, {Columns}]";
}
