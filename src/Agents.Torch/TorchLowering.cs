using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using TorchSharp;
using Value = TorchSharp.torch.Tensor;

namespace RlOffload.Agents.Torch;

/// <summary>Each operator in TorchSharp (API of 0.105 and 0.106); all values are float32 and of two dimensions.</summary>
internal static class TorchLowering
{
    /// <param name="x">The values of the node's inputs.</param>
    public static Value Of(Tensor n, Value[] x, torch.Device device) => n.Op switch
    {
        Op.Input or Op.Parameter => Leaf(n.Storage!.Value, device),
        Op.Constant => Scalar(n.Scalar, device),
        Op.MatMul => torch.matmul(x[0], x[1]),
        Op.MatMulNT => torch.matmul(x[0], x[1].t()),
        Op.MatMulTN => torch.matmul(x[0].t(), x[1]),
        Op.Add => x[0] + x[1],
        Op.Sub => x[0] - x[1],
        Op.Mul => x[0] * x[1],
        Op.Div => x[0] / x[1],
        Op.Min => torch.minimum(x[0], x[1]),
        Op.Max => torch.maximum(x[0], x[1]),
        Op.Exp => x[0].exp(),
        Op.Log => x[0].log(),
        Op.Sqrt => x[0].sqrt(),
        Op.Relu => x[0].relu(),
        Op.Tanh => x[0].tanh(),
        Op.Mish => Mish(x[0], device),
        Op.MishSlope => MishSlope(x[0], device),
        Op.Step => torch.gt(x[0], Scalar(0, device)).to(torch.ScalarType.Float32),
        Op.SumColumns => torch.sum(x[0], 1L, keepdim: true),
        Op.SumRows => torch.sum(x[0], 0L, keepdim: true),
        Op.MaxColumns => torch.amax(x[0], new long[] { 1 }, keepdim: true),
        Op.LogSoftmax => x[0].log_softmax(1),
        Op.PickColumns => torch.index_select(x[0], 1, Index(x[1])).t(),
        Op.ScatterColumns => torch.index_add(torch.zeros(new long[] { n.Rows, n.Columns }, torch.ScalarType.Float32, device), 1, Index(x[1]), x[0].t(), 1),
        Op.RepeatRows => torch.repeat_interleave(x[0], (long)(n.Rows / n.Inputs[0].Rows), 0L),
        Op.RepeatColumns => torch.repeat_interleave(x[0], (long)n.Columns, 1L),
        Op.SumGroups => torch.sum(torch.reshape(x[0], n.Rows, n.Inputs[0].Rows / n.Rows, n.Columns), 1L),
        Op.Reshape => torch.reshape(x[0], n.Rows, n.Columns),
        Op.Lerp or Op.AdamMean => x[0] + (x[1] - x[0]) * n.Scalar,
        Op.AdamSquare => x[0] + (x[1] * x[1] - x[0]) * n.Scalar,
        Op.AdamStep => x[0] - x[3] * x[1] / (x[2].sqrt() * x[4] + n.Scalar),      // p - rate m / (sqrt(v) correction + epsilon)
        _ => throw new NotSupportedException($"{n} has no TorchSharp form"),
    };

    private static Value Leaf(Matrix matrix, torch.Device device)
    {
        var values = new float[matrix.Rows * matrix.Columns];
        for (var r = 0; r < matrix.Rows; r++)
            matrix.Row(r).CopyTo(values.AsSpan(r * matrix.Columns));
        return torch.tensor(values, new long[] { matrix.Rows, matrix.Columns }, device: device);
    }

    private static Value Scalar(double value, torch.Device device) => torch.tensor(new[] { (float)value }, new long[] { 1, 1 }, device: device);

    private static Value Index(Value x) => torch.reshape(x, -1).to(torch.ScalarType.Int64);

    /// <summary>x n / (n + 2) with e = exp(min(x, 20)) and n = e (e + 2).</summary>
    private static Value Mish(Value x, torch.Device device)
    {
        var e = torch.minimum(x, Scalar(20, device)).exp();
        var n = e * (e + 2.0);
        return x * (n / (n + 2.0));
    }

    /// <summary>(n + 4 x e (e + 1) / (n + 2)) / (n + 2)</summary>
    private static Value MishSlope(Value x, torch.Device device)
    {
        var e = torch.minimum(x, Scalar(20, device)).exp();
        var n = e * (e + 2.0);
        return (n + x * 4.0 * (e * (e + 1.0)) / (n + 2.0)) / (n + 2.0);
    }
}
