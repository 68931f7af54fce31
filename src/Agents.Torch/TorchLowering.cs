using RlOffload.Agents.Engine;
using TorchSharp;
using Value = TorchSharp.torch.Tensor;

namespace RlOffload.Agents.Torch;

/// <summary>Each operator in TorchSharp (API of 0.107); all values are float32 and of two dimensions.</summary>
internal static class TorchLowering
{
    /// <param name="n">No input, parameter or constant.</param>
    /// <param name="x">The values of the node's inputs.</param>
    public static Value Of(Tensor n, Value[] x) => n.Op switch
    {
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
        Op.Mish => Mish(x[0]),
        Op.MishSlope => MishSlope(x[0]),
        Op.Step => x[0].gt(0).to(torch.ScalarType.Float32),
        Op.SumColumns => torch.sum(x[0], 1L, keepdim: true),
        Op.SumRows => torch.sum(x[0], 0L, keepdim: true),
        Op.MaxColumns => torch.amax(x[0], [1], keepdim: true),
        Op.LogSoftmax => x[0].log_softmax(1),
        Op.PickColumns => torch.index_select(x[0], 1, Index(x[1])).t(),
        Op.ScatterColumns => torch.zeros([n.Rows, n.Columns], torch.ScalarType.Float32, x[0].device).index_add_(1, Index(x[1]), x[0].t(), 1),
        Op.RepeatRows => torch.reshape(x[0].unsqueeze(1).expand(n.Inputs[0].Rows, n.Rows / n.Inputs[0].Rows, n.Columns), n.Rows, n.Columns),
        Op.RepeatColumns => x[0].expand(n.Rows, n.Columns),
        Op.SumGroups => torch.sum(torch.reshape(x[0], n.Rows, n.Inputs[0].Rows / n.Rows, n.Columns), 1L),
        Op.Reshape => torch.reshape(x[0], n.Rows, n.Columns),
        Op.Lerp or Op.AdamMean => torch.lerp(x[0], x[1], n.Scalar),
        Op.AdamSquare => torch.addcmul(x[0] * (1 - n.Scalar), x[1], x[1], n.Scalar),
        Op.AdamStep => x[0] - x[3] * x[1] / (x[2].sqrt() * x[4] + n.Scalar),      // p - rate m / (sqrt(v) correction + epsilon)
        _ => throw new NotSupportedException($"{n} has no TorchSharp form"),
    };

    private static Value Index(Value x) => torch.reshape(x, -1).to(torch.ScalarType.Int64);

    /// <summary>x n / (n + 2) with e = exp(min(x, 20)) and n = e (e + 2).</summary>
    private static Value Mish(Value x)
    {
        var e = x.clamp_max(20).exp();
        var n = e * (e + 2.0);
        return x * (n / (n + 2.0));
    }

    /// <summary>(n + 4 x e (e + 1) / (n + 2)) / (n + 2)</summary>
    private static Value MishSlope(Value x)
    {
        var e = x.clamp_max(20).exp();
        var n = e * (e + 2.0);
        return (n + x * 4.0 * (e * (e + 1.0)) / (n + 2.0)) / (n + 2.0);
    }
}
