using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine.Kernels;

/// <summary>One operation on memory. Its result falls into parts (rows, mostly) that can be computed one by one, in any order, to the same bits.</summary>
/// <param name="parts">Number of them.</param>
/// <param name="work">About how many multiplications the whole takes.</param>
internal abstract class Kernel(int parts, long work)
{
    public int Parts { get; } = parts;
    public long Work { get; } = work;

    /// <summary>Computes parts from .. to - 1.</summary>
    public abstract void Run(int from, int to, int thread);

    /// <summary>The kernel of a node.</summary>
    /// <param name="finish">What is computed with it.</param>
    /// <param name="at">Where a node's value lies.</param>
    /// <param name="products">One a thread.</param>
    public static Kernel Of(Tensor node, ProductFinish? finish, Func<Tensor, Matrix> at, VectorProduct[] products)
    {
        var z = at(node);
        Matrix X(int i) => at(node.Inputs[i]);
        return node.Op switch
        {
            Op.MatMul or Op.MatMulNT or Op.MatMulTN => ProductKernel.Of(node.Op, X(0), X(1), z, finish?.Finish, finish is null ? z : at(finish.Beside), products),
            Op.Add => new BinaryKernel<Sum>(X(0), X(1), z),
            Op.Sub => new BinaryKernel<Difference>(X(0), X(1), z),
            Op.Mul => new BinaryKernel<Product>(X(0), X(1), z),
            Op.Div => new BinaryKernel<Quotient>(X(0), X(1), z),
            Op.Min => new BinaryKernel<Smaller>(X(0), X(1), z),
            Op.Max => new BinaryKernel<Larger>(X(0), X(1), z),
            Op.Exp => new UnaryKernel<Exponential>(X(0), z),
            Op.Log => new UnaryKernel<Logarithm>(X(0), z),
            Op.Sqrt => new UnaryKernel<SquareRoot>(X(0), z),
            Op.Relu => new UnaryKernel<Rectified>(X(0), z),
            Op.Tanh => new UnaryKernel<HyperbolicTangent>(X(0), z),
            Op.Mish => new UnaryKernel<Mish>(X(0), z),
            Op.MishSlope => new UnaryKernel<MishSlope>(X(0), z),
            Op.Step => new UnaryKernel<UnitStep>(X(0), z),
            Op.SumColumns => new SumColumnsKernel(X(0), z),
            Op.SumRows => new SumRowsKernel(X(0), z),
            Op.MaxColumns => new MaxColumnsKernel(X(0), z),
            Op.LogSoftmax => new LogSoftmaxKernel(X(0), z),
            Op.PickColumns => new PickColumnsKernel(X(0), X(1), z, products.Length),
            Op.ScatterColumns => new ScatterColumnsKernel(X(0), X(1), z, products.Length),
            Op.RepeatRows => new RepeatRowsKernel(X(0), z),
            Op.RepeatColumns => new RepeatColumnsKernel(X(0), z),
            Op.SumGroups => new SumGroupsKernel(X(0), z),
            Op.Reshape => new ReshapeKernel(X(0), z),
            Op.Lerp => new LerpKernel(X(0), X(1), z, node.Scalar),
            Op.AdamStep => AdamKernel.Of(node, at),
            _ => throw new ArgumentException($"{node} is not computed by itself", nameof(node)),
        };
    }
}
