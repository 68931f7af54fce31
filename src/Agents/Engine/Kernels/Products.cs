using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine.Kernels;

internal static class ProductKernel
{
    /// <summary>z = x y, x y^T or x^T y.</summary>
    /// <param name="finish">What becomes of it, by <paramref name="beside"/>; null for nothing.</param>
    /// <param name="products">One a thread.</param>
    public static Kernel Of(Op op, Matrix x, Matrix y, Matrix z, Finish? finish, Matrix beside, VectorProduct[] products) => finish switch
    {
        Finish.Add => new ProductKernel<Added>(op, x, y, z, beside, products),
        Finish.AddRelu => new ProductKernel<AddedRectified>(op, x, y, z, beside, products),
        Finish.Gate => new ProductKernel<Gated>(op, x, y, z, beside, products),
        _ => new ProductKernel<AsSummed>(op, x, y, z, beside, products),
    };
}

/// <summary>A product with its finish, a block of rows of z a thread.</summary>
internal sealed class ProductKernel<TFinish>(Op op, Matrix x, Matrix y, Matrix z, Matrix beside, VectorProduct[] products)
    : Kernel(z.Rows, (long)z.Rows * z.Columns * (op == Op.MatMulTN ? x.Rows : x.Columns))
    where TFinish : struct, IFinish
{
    public override void Run(int from, int to, int thread)
    {
        if (from == to)
            return;
        if (op == Op.MatMul && z.Rows == 1)
        {
            RowProduct.Of(x, y, z);
            return;
        }
        var (rows, others) = (Part(z, from, to), Part(beside, from, to));
        if (op == Op.MatMulTN)
            products[thread].TN<TFinish>(x, y, rows, from, others);
        else if (op == Op.MatMul)
            products[thread].NN<TFinish>(Part(x, from, to), y, rows, others);
        else
            products[thread].NT<TFinish>(Part(x, from, to), y, rows, others);
    }

    /// <summary>The rows that belong to those of the result; one row belongs to all.</summary>
    private Matrix Part(in Matrix whole, int from, int to) => whole.Rows != z.Rows || to - from == z.Rows ? whole : whole.RowRange(from, to);
}
