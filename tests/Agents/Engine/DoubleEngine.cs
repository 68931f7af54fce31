using RlOffload.Agents.Engine;

namespace RlOffload.Tests.Agents.Engine;

/// <summary>A graph in float64, as plainly as it can be written: the referee of every engine, and what finite differences are taken of.</summary>
internal sealed class DoubleEngine
{
    private readonly Graph _graph;
    private readonly Dictionary<int, double[,]> _values = [];
    private readonly Dictionary<int, double[,]> _leaves = [];

    public DoubleEngine(Graph graph)
    {
        _graph = graph;
        foreach (var leaf in graph.Nodes.Where(n => n.Storage is not null))
        {
            var value = _leaves[leaf.Id] = new double[leaf.Rows, leaf.Columns];
            for (var r = 0; r < leaf.Rows; r++)
                for (var c = 0; c < leaf.Columns; c++)
                    value[r, c] = leaf.Storage!.Value.Row(r)[c];
        }
    }

    /// <summary>What an input or a parameter holds; may be changed.</summary>
    public double[,] Leaf(Tensor leaf) => _leaves[leaf.Id];

    public double[,] this[Tensor node] => _values[node.Id];

    public void Run()
    {
        _values.Clear();
        foreach (var node in _graph.Nodes)
            _values[node.Id] = Value(node);
        foreach (var (parameter, value) in _graph.Updates)
            _leaves[parameter.Id] = (double[,])_values[value.Id].Clone();
    }

    private double[,] Value(Tensor n)
    {
        double[,] X(int i) => _values[n.Inputs[i].Id];
        double[,] Each(Func<int, int, double> f)
        {
            var z = new double[n.Rows, n.Columns];
            for (var r = 0; r < n.Rows; r++)
                for (var c = 0; c < n.Columns; c++)
                    z[r, c] = f(r, c);
            return z;
        }
        double[,] Binary(Func<double, double, double> f) => Each((r, c) => f(At(X(0), r, c), At(X(1), r, c)));
        double[,] Unary(Func<double, double> f) => Each((r, c) => f(X(0)[r, c]));
        switch (n.Op)
        {
            case Op.Input or Op.Parameter: return (double[,])_leaves[n.Id].Clone();
            case Op.Constant: return new[,] { { n.Scalar } };
            case Op.MatMul: return Each((r, c) => Enumerable.Range(0, X(0).GetLength(1)).Sum(k => X(0)[r, k] * X(1)[k, c]));
            case Op.MatMulNT: return Each((r, c) => Enumerable.Range(0, X(0).GetLength(1)).Sum(k => X(0)[r, k] * X(1)[c, k]));
            case Op.MatMulTN: return Each((r, c) => Enumerable.Range(0, X(0).GetLength(0)).Sum(k => X(0)[k, r] * X(1)[k, c]));
            case Op.Add: return Binary((x, y) => x + y);
            case Op.Sub: return Binary((x, y) => x - y);
            case Op.Mul: return Binary((x, y) => x * y);
            case Op.Div: return Binary((x, y) => x / y);
            case Op.Min: return Binary(Math.Min);
            case Op.Max: return Binary(Math.Max);
            case Op.Exp: return Unary(Math.Exp);
            case Op.Log: return Unary(Math.Log);
            case Op.Sqrt: return Unary(Math.Sqrt);
            case Op.Relu: return Unary(x => Math.Max(x, 0));
            case Op.Tanh: return Unary(Math.Tanh);
            case Op.Mish: return Unary(x => x * Math.Tanh(Softplus(x)));
            case Op.MishSlope:
                return Unary(x =>
                {
                    var t = Math.Tanh(Softplus(x));
                    return t + x * (1 - t * t) / (1 + Math.Exp(-x));
                });
            case Op.Step: return Unary(x => x > 0 ? 1 : 0);
            case Op.SumColumns: return Each((r, _) => Row(X(0), r).Sum());
            case Op.SumRows: return Each((_, c) => Enumerable.Range(0, X(0).GetLength(0)).Sum(r => X(0)[r, c]));
            case Op.MaxColumns: return Each((r, _) => Row(X(0), r).Max());
            case Op.LogSoftmax: return Each((r, c) => X(0)[r, c] - Row(X(0), r).Max() - Math.Log(Row(X(0), r).Sum(v => Math.Exp(v - Row(X(0), r).Max()))));
            case Op.PickColumns: return Each((r, c) => X(0)[c, (int)X(1)[r, 0]]);
            case Op.ScatterColumns: return Each((r, c) => Enumerable.Range(0, X(0).GetLength(0)).Sum(i => (int)X(1)[i, 0] == c ? X(0)[i, r] : 0));
            case Op.RepeatRows: return Each((r, c) => X(0)[r / (n.Rows / X(0).GetLength(0)), c]);
            case Op.RepeatColumns: return Each((r, _) => X(0)[r, 0]);
            case Op.SumGroups:
                var group = X(0).GetLength(0) / n.Rows;
                return Each((r, c) => Enumerable.Range(0, group).Sum(i => X(0)[r * group + i, c]));
            case Op.Reshape: return Each((r, c) => X(0)[(r * n.Columns + c) / X(0).GetLength(1), (r * n.Columns + c) % X(0).GetLength(1)]);
            case Op.Lerp: return Binary((x, y) => x + n.Scalar * (y - x));
            case Op.AdamMean: return Binary((m, g) => m + n.Scalar * (g - m));
            case Op.AdamSquare: return Binary((v, g) => v + n.Scalar * (g * g - v));
            case Op.AdamStep: return Each((r, c) => X(0)[r, c] - X(3)[0, 0] * X(1)[r, c] / (Math.Sqrt(X(2)[r, c]) * X(4)[0, 0] + n.Scalar));
            default: throw new NotSupportedException($"{n}");
        }
    }

    private static double Softplus(double x) => Math.Log(1 + Math.Exp(Math.Min(x, 40))) + Math.Max(x - 40, 0);

    private static double At(double[,] x, int r, int c) => x[x.GetLength(0) == 1 ? 0 : r, x.GetLength(1) == 1 ? 0 : c];

    private static IEnumerable<double> Row(double[,] x, int r) => Enumerable.Range(0, x.GetLength(1)).Select(c => x[r, c]);
}
