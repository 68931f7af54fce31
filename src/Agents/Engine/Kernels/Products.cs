using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine.Kernels;

/// <summary>z = x y, x y^T or x^T y, a block of rows of z a thread.</summary>
internal sealed class ProductKernel(Op op, Matrix x, Matrix y, Matrix z, VectorProduct[] products)
    : Kernel(z.Rows, (long)z.Rows * z.Columns * (op == Op.MatMulTN ? x.Rows : x.Columns))
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
        var rows = z.Rows == to - from ? z : z.RowRange(from, to);
        if (op == Op.MatMulTN)
            products[thread].TN(x, y, rows, from);
        else if (op == Op.MatMul)
            products[thread].NN(z.Rows == to - from ? x : x.RowRange(from, to), y, rows);
        else
            products[thread].NT(z.Rows == to - from ? x : x.RowRange(from, to), y, rows);
    }
}
