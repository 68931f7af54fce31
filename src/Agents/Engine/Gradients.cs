namespace RlOffload.Agents.Engine;

/// <summary>Reverse-mode differentiation that writes the derivative into the graph itself, so that every engine can run it.</summary>
public static class Gradients
{
    /// <summary>
    /// d<paramref name="loss"/> / d each of <paramref name="by"/>. Only paths to these are followed: whatever else the loss was computed from counts as
    /// given, so nothing needs to be detached. An optimiser's step ends a path: weights after it are given, too.
    /// </summary>
    /// <param name="loss">[1, 1].</param>
    /// <exception cref="ArgumentException">The loss is no single number or does not depend on one of them.</exception>
    public static Tensor[] Of(Tensor loss, IReadOnlyList<Tensor> by)
    {
        if (loss is not { Rows: 1, Columns: 1 })
            throw new ArgumentException($"{loss} is no single number", nameof(loss));
        var graph = loss.Graph;
        var reaches = new bool[graph.Nodes.Count];
        foreach (var target in by)
            reaches[target.Id] = true;
        for (var i = 0; i < reaches.Length; i++)
            reaches[i] |= !IsOptimiser(graph.Nodes[i].Op) && graph.Nodes[i].Inputs.Any(input => reaches[input.Id]);

        var gradients = new Tensor?[reaches.Length];
        gradients[loss.Id] = graph.Constant(1);
        for (var i = loss.Id; i >= 0; i--)
        {
            var node = graph.Nodes[i];
            if (gradients[i] is not { } d || node.Inputs.Count == 0)
                continue;
            for (var k = 0; k < node.Inputs.Count; k++)
            {
                var input = node.Inputs[k];
                if (reaches[input.Id] && OfInput(node, k, d) is { } term)
                {
                    var part = Fit(term, node, input);
                    gradients[input.Id] = gradients[input.Id] is { } sum ? sum + part : part;
                }
            }
        }
        return [.. by.Select(t => gradients[t.Id] is { } g ? Full(g, t)
            : throw new ArgumentException($"{loss} does not depend on {t}", nameof(by)))];
    }

    /// <summary>
    /// d times dy/dx_k for y = op(x_0, x_1, ...), before it is summed to the shape of x_k; null where it is zero everywhere. A d of one row or one
    /// column stands for equal rows or columns, which elementwise operators need not spread.
    /// </summary>
    private static Tensor? OfInput(Tensor y, int k, Tensor d)
    {
        var g = y.Graph;
        var x = y.Inputs[0];
        var other = y.Inputs.Count > 1 ? y.Inputs[1 - Math.Min(k, 1)] : x;
        var full = y.Op is Op.MatMul or Op.MatMulNT or Op.MatMulTN or Op.LogSoftmax or Op.PickColumns or Op.ScatterColumns or Op.RepeatRows
            or Op.RepeatColumns or Op.SumGroups or Op.Reshape ? Full(d, y) : d;
        return y.Op switch
        {
            Op.MatMul => k == 0 ? g.MatMul(Op.MatMulNT, full, other) : g.MatMul(Op.MatMulTN, other, full),
            Op.MatMulNT => k == 0 ? g.MatMul(Op.MatMul, full, other) : g.MatMul(Op.MatMulTN, full, other),
            Op.MatMulTN => k == 0 ? g.MatMul(Op.MatMulNT, other, full) : g.MatMul(Op.MatMul, other, full),
            Op.Add => d,
            Op.Sub => k == 0 ? d : -d,
            Op.Mul => d * other,
            Op.Div => k == 0 ? d / other : -(d * y / y.Inputs[1]),
            // Of equals the second is the one that counts.
            Op.Max => k == 0 ? d * (x - other).Step() : d * (1 - (other - y.Inputs[1]).Step()),
            Op.Min => k == 0 ? d * (other - x).Step() : d * (1 - (y.Inputs[1] - other).Step()),
            Op.Exp => d * y,
            Op.Log => d / x,
            Op.Sqrt => 0.5 * d / y,
            Op.Relu => d * y.Step(),
            Op.Tanh => d * (1 - y * y),
            Op.Mish => d * x.MishSlope(),
            Op.Step => null,
            Op.SumColumns or Op.SumRows => d,
            Op.MaxColumns => d * (1 - (y - x).Step()) / (1 - (y - x).Step()).SumColumns(),
            Op.LogSoftmax => full - y.Exp() * full.SumColumns(),
            Op.PickColumns => k == 0 ? g.ScatterColumns(full, other, x.Columns) : throw NoGradient(y),
            Op.ScatterColumns => k == 0 ? full.PickColumns(other) : throw NoGradient(y),
            Op.RepeatRows => g.SumGroups(full, x.Rows),
            Op.RepeatColumns => full.SumColumns(),
            Op.SumGroups => full.RepeatRows(x.Rows / y.Rows),
            Op.Reshape => full.Reshape(x.Rows, x.Columns),
            Op.Lerp => k == 0 ? (1 - y.Scalar) * d : y.Scalar * d,
            _ => throw NoGradient(y),
        };
    }

    /// <summary>An operand that was repeated gets the sum over its repetitions, or as many times a gradient that is the same for all.</summary>
    private static Tensor Fit(Tensor term, Tensor y, Tensor input)
    {
        if (y.Op is not (Op.Add or Op.Sub or Op.Mul or Op.Div or Op.Min or Op.Max))
            return term;
        if (input.Rows == 1 && y.Rows > 1)
            term = term.Rows > 1 ? term.SumRows() : y.Rows * term;
        if (input.Columns == 1 && y.Columns > 1)
            term = term.Columns > 1 ? term.SumColumns() : y.Columns * term;
        return term;
    }

    private static Tensor Full(Tensor d, Tensor like)
    {
        if (d.Columns < like.Columns)
            d = d.RepeatColumns(like.Columns);
        return d.Rows < like.Rows ? d.RepeatRows(like.Rows) : d;
    }

    private static bool IsOptimiser(Op op) => op is Op.AdamMean or Op.AdamSquare or Op.AdamStep;

    private static NotSupportedException NoGradient(Tensor y) => new($"{y} has no gradient");
}
