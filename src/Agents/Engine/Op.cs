namespace RlOffload.Agents.Engine;

/// <summary>
/// The closed set of operators. An operator is added in five places: shape (<see cref="Graph"/>), gradient (<see cref="Gradients"/>), kernel
/// (<see cref="Executor"/>), ONNX (<see cref="OnnxLowering"/>) and TorchSharp (src/Agents.Torch/TorchLowering.cs); the tests enumerate this
/// list and fail for one that is missing anywhere.
/// </summary>
public enum Op
{
    /// <summary>A matrix that is written from outside before each run.</summary>
    Input,

    /// <summary>A matrix that the graph may update.</summary>
    Parameter,

    /// <summary>One number [1, 1].</summary>
    Constant,

    /// <summary>x [m, k] y [k, n]</summary>
    MatMul,

    /// <summary>x [m, k] y^T, y [n, k]</summary>
    MatMulNT,

    /// <summary>x^T y, x [k, m], y [k, n]</summary>
    MatMulTN,

    /// <summary>Elementwise, like the four that follow; an operand of one row, one column or both is repeated.</summary>
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,

    Exp,
    Log,
    Sqrt,
    Relu,
    Tanh,

    /// <summary>x tanh(log(1 + e^x)): D. Misra, 2019 (arXiv 1908.08681).</summary>
    Mish,

    /// <summary>d Mish / dx; has no gradient of its own.</summary>
    MishSlope,

    /// <summary>1 where x > 0, else 0; its gradient is 0.</summary>
    Step,

    /// <summary>[r, c] to [r, 1]</summary>
    SumColumns,

    /// <summary>[r, c] to [1, c]</summary>
    SumRows,

    /// <summary>Largest of each row, [r, 1]; equals share its gradient.</summary>
    MaxColumns,

    /// <summary>x - log sum exp x, row by row.</summary>
    LogSoftmax,

    /// <summary>W [h, a], index [b, 1] to [b, h]: row i is column index[i] of W.</summary>
    PickColumns,

    /// <summary>The adjoint: d [b, h], index [b, 1] to [h, a], column j the sum of the rows of d whose index is j.</summary>
    ScatterColumns,

    /// <summary>[r, c] to [r n, c], each row n times.</summary>
    RepeatRows,

    /// <summary>[r, 1] to [r, n]</summary>
    RepeatColumns,

    /// <summary>The adjoint of repeated rows: [r n, c] to [r, c], each n rows summed.</summary>
    SumGroups,

    /// <summary>The same numbers, row by row, in another shape.</summary>
    Reshape,

    /// <summary>x + t (y - x) with a fixed t.</summary>
    Lerp,

    /// <summary>m + (1 - beta1) (g - m), Adam's first moment.</summary>
    AdamMean,

    /// <summary>v + (1 - beta2) (g^2 - v), Adam's second moment.</summary>
    AdamSquare,

    /// <summary>p - rate m / (sqrt(v) correction + epsilon), with rate and correction [1, 1].</summary>
    AdamStep,
}
