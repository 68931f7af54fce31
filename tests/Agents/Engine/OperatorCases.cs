using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Engine;

/// <summary>For each operator graphs that use it, with numbers in their storage; tests of gradients and engines go through all of them.</summary>
internal static class OperatorCases
{
    /// <summary>One row a graph: the operator and which of its cases.</summary>
    public static TheoryData<Op, int> All
    {
        get
        {
            var all = new TheoryData<Op, int>();
            foreach (var op in Enum.GetValues<Op>())
                for (var i = 0; i < Of(op).Count; i++)
                    all.Add(op, i);
            return all;
        }
    }

    /// <summary>Graphs whose output "y" is the operator's.</summary>
    public static IReadOnlyList<Func<Graph, Tensor>> Of(Op op) => op switch
    {
        Op.Input or Op.Parameter or Op.Constant => [g => X(g, 3, 5) + Y(g, 3, 5) + 2.5],
        Op.MatMul => [g => X(g, 7, 5).MatMul(Y(g, 5, 19)), g => X(g, 14, 9).MatMul(Y(g, 9, 33)), g => X(g, 1, 3).MatMul(Y(g, 3, 1))],
        Op.MatMulNT => [g => g.MatMul(Op.MatMulNT, X(g, 7, 5), Y(g, 19, 5)), g => g.MatMul(Op.MatMulNT, X(g, 13, 17), Y(g, 1, 17))],
        Op.MatMulTN => [g => g.MatMul(Op.MatMulTN, X(g, 5, 7), Y(g, 5, 19)), g => g.MatMul(Op.MatMulTN, X(g, 9, 20), Y(g, 9, 17))],
        Op.Add or Op.Sub or Op.Mul or Op.Div or Op.Min or Op.Max => [.. Shapes.Select(s => (Func<Graph, Tensor>)(g => g.Binary(op, X(g, s.A, s.B), Y(g, s.C, s.D, op == Op.Div))))],
        Op.Exp or Op.Tanh or Op.Mish or Op.MishSlope or Op.Relu or Op.Step => [g => g.Unary(op, X(g, 4, 21))],
        Op.Log or Op.Sqrt => [g => g.Unary(op, X(g, 4, 21, positive: true))],
        Op.SumColumns => [g => X(g, 4, 21).SumColumns(), g => X(g, 3, 32).SumColumns()],
        Op.SumRows => [g => X(g, 9, 21).SumRows(), g => X(g, 3, 67).SumRows()],
        Op.MaxColumns => [g => X(g, 4, 21).MaxColumns(), g => X(g, 3, 5).MaxColumns()],
        Op.LogSoftmax => [g => X(g, 4, 21).LogSoftmax(), g => X(g, 3, 16).LogSoftmax(), g => (3 * X(g, 2, 1)).LogSoftmax()],
        Op.PickColumns => [g => X(g, 6, 9).PickColumns(Index(g, 11, 9)), g => X(g, 33, 9).PickColumns(Index(g, 11, 9)), g => X(g, 38, 19).PickColumns(Index(g, 5, 19))],
        Op.ScatterColumns =>
        [
            g => g.ScatterColumns(X(g, 11, 6), Index(g, 11, 9), 9), g => g.ScatterColumns(X(g, 11, 33), Index(g, 11, 9), 9),
            g => g.ScatterColumns(X(g, 5, 38), Index(g, 5, 19), 19),
        ],
        Op.RepeatRows => [g => X(g, 4, 21).RepeatRows(3)],
        Op.RepeatColumns => [g => X(g, 4, 1).RepeatColumns(18)],
        Op.SumGroups => [g => g.SumGroups(X(g, 12, 21), 4)],
        Op.Reshape => [g => X(g, 6, 10).Reshape(20, 3), g => X(g, 34, 1).Reshape(2, 17)],
        Op.Lerp => [g => X(g, 3, 18).Lerp(Y(g, 3, 18), 0.3)],
        Op.AdamMean or Op.AdamSquare or Op.AdamStep => [Adam],
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "has no case; every operator needs one"),
    };

    /// <summary>Whether the operator has a gradient by what it is given.</summary>
    public static bool IsDifferentiable(Op op) => op is not (Op.Step or Op.MishSlope or Op.AdamMean or Op.AdamSquare or Op.AdamStep);

    private static readonly (int A, int B, int C, int D)[] Shapes =
        [(5, 18, 5, 18), (5, 18, 1, 18), (5, 18, 5, 1), (5, 18, 1, 1), (1, 18, 5, 18), (5, 1, 1, 18), (1, 1, 5, 18), (5, 1, 5, 1), (1, 18, 5, 1)];

    private static Tensor Adam(Graph g)
    {
        var (p, m, v) = (g.Parameter("p", Numbers(3, 18, 1)), g.Parameter("m", Numbers(3, 18, 2)), g.Parameter("v", Numbers(3, 18, 3, positive: true)));
        return g.Adam(p, X(g, 3, 18), m, v, g.Input("rate", Numbers(1, 1, 4, positive: true)), g.Input("correction", Numbers(1, 1, 5, positive: true)), 1e-8);
    }

    private static Tensor X(Graph g, int rows, int columns, bool positive = false) => g.Parameter("x", Numbers(rows, columns, 11, positive));

    private static Tensor Y(Graph g, int rows, int columns, bool positive = false) => g.Parameter("y", Numbers(rows, columns, 12, positive));

    private static Tensor Index(Graph g, int rows, int below)
    {
        var index = Matrix.Zeros(rows, 1);
        var rng = new Rng(13);
        for (var r = 0; r < rows; r++)
            index.Row(r)[0] = rng.NextInt(below);
        return g.Input("index", index);
    }

    public static Matrix Numbers(int rows, int columns, ulong seed, bool positive = false)
    {
        var (matrix, rng) = (Matrix.Zeros(rows, columns), new Rng(seed));
        for (var r = 0; r < rows; r++)
            foreach (ref var value in matrix.Row(r))
                value = positive ? (float)(0.5 + rng.NextDouble()) : (float)rng.NextGaussian();
        return matrix;
    }
}
