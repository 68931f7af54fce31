using System.Numerics;
using System.Runtime.CompilerServices;
using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine.Kernels;

internal interface IUnary
{
    static abstract Vector<float> Of(Vector<float> x);
}

internal interface IBinary
{
    static abstract Vector<float> Of(Vector<float> x, Vector<float> y);
}

internal readonly struct Exponential : IUnary { public static Vector<float> Of(Vector<float> x) => Exponentials.Exp(x); }
internal readonly struct Logarithm : IUnary { public static Vector<float> Of(Vector<float> x) => Vector.Log(x); }
internal readonly struct SquareRoot : IUnary { public static Vector<float> Of(Vector<float> x) => Vector.SquareRoot(x); }
internal readonly struct Rectified : IUnary { public static Vector<float> Of(Vector<float> x) => Vector.Max(x, Vector<float>.Zero); }
internal readonly struct HyperbolicTangent : IUnary { public static Vector<float> Of(Vector<float> x) => Exponentials.Tanh(x); }
internal readonly struct Mish : IUnary { public static Vector<float> Of(Vector<float> x) => Exponentials.Mish(x); }
internal readonly struct MishSlope : IUnary { public static Vector<float> Of(Vector<float> x) => Exponentials.MishSlope(x); }

internal readonly struct UnitStep : IUnary
{
    public static Vector<float> Of(Vector<float> x) =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), Vector<float>.One, Vector<float>.Zero);
}

internal readonly struct Sum : IBinary { public static Vector<float> Of(Vector<float> x, Vector<float> y) => x + y; }
internal readonly struct Difference : IBinary { public static Vector<float> Of(Vector<float> x, Vector<float> y) => x - y; }
internal readonly struct Product : IBinary { public static Vector<float> Of(Vector<float> x, Vector<float> y) => x * y; }
internal readonly struct Quotient : IBinary { public static Vector<float> Of(Vector<float> x, Vector<float> y) => x / y; }
internal readonly struct Smaller : IBinary { public static Vector<float> Of(Vector<float> x, Vector<float> y) => Vector.Min(x, y); }
internal readonly struct Larger : IBinary { public static Vector<float> Of(Vector<float> x, Vector<float> y) => Vector.Max(x, y); }

/// <summary>z = f(x), padding included: what becomes of the padding is never read.</summary>
internal sealed unsafe class UnaryKernel<TOp>(Matrix x, Matrix z) : Kernel(z.Rows, 8L * z.Rows * z.Columns)
    where TOp : struct, IUnary
{
    private readonly float* _x = x.Pointer, _z = z.Pointer;
    private readonly nint _stride = z.Stride;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int from, int to, int thread)
    {
        float* px = _x, pz = _z;
        for (nint i = from * _stride, end = to * _stride; i < end; i += Vector<float>.Count)
            TOp.Of(Vector.Load(px + i)).Store(pz + i);
    }
}

/// <summary>z = f(x, y); an operand of one row or one column is repeated.</summary>
internal sealed unsafe class BinaryKernel<TOp>(Matrix x, Matrix y, Matrix z) : Kernel(z.Rows, (long)z.Rows * z.Columns)
    where TOp : struct, IBinary
{
    private readonly float* _x = x.Pointer, _y = y.Pointer, _z = z.Pointer;
    private readonly nint _stepX = x.Rows == 1 ? 0 : x.Stride, _stepY = y.Rows == 1 ? 0 : y.Stride, _stepZ = z.Stride;
    private readonly bool _oneX = x.Columns == 1 && z.Columns > 1, _oneY = y.Columns == 1 && z.Columns > 1;
    private readonly bool _whole = (x.Rows, x.Columns) == (z.Rows, z.Columns) && (y.Rows, y.Columns) == (z.Rows, z.Columns);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int from, int to, int thread)
    {
        if (_whole)
            Row(_x + from * _stepZ, _y + from * _stepZ, _z + from * _stepZ, (to - from) * _stepZ);
        else
            for (nint r = from; r < to; r++)
            {
                float* px = _x + r * _stepX, py = _y + r * _stepY, pz = _z + r * _stepZ;
                if (_oneX && _oneY)
                    Fill(TOp.Of(new Vector<float>(*px), new Vector<float>(*py)), pz, _stepZ);
                else if (_oneX)
                    RowOf(*px, py, pz, _stepZ);
                else if (_oneY)
                    RowBy(px, *py, pz, _stepZ);
                else
                    Row(px, py, pz, _stepZ);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(float* x, float* y, float* z, nint length)
    {
        for (nint j = 0; j < length; j += Vector<float>.Count)
            TOp.Of(Vector.Load(x + j), Vector.Load(y + j)).Store(z + j);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RowOf(float x, float* y, float* z, nint length)
    {
        var repeated = new Vector<float>(x);
        for (nint j = 0; j < length; j += Vector<float>.Count)
            TOp.Of(repeated, Vector.Load(y + j)).Store(z + j);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RowBy(float* x, float y, float* z, nint length)
    {
        var repeated = new Vector<float>(y);
        for (nint j = 0; j < length; j += Vector<float>.Count)
            TOp.Of(Vector.Load(x + j), repeated).Store(z + j);
    }

    private static void Fill(Vector<float> value, float* z, nint length)
    {
        for (nint j = 0; j < length; j += Vector<float>.Count)
            value.Store(z + j);
    }
}

/// <summary>z = x + t (y - x)</summary>
internal sealed unsafe class LerpKernel(Matrix x, Matrix y, Matrix z, double t) : Kernel(z.Rows, (long)z.Rows * z.Columns)
{
    private readonly float* _x = x.Pointer, _y = y.Pointer, _z = z.Pointer;
    private readonly nint _stride = z.Stride;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int from, int to, int thread)
    {
        float* px = _x, py = _y, pz = _z;
        var share = new Vector<float>((float)t);
        for (nint i = from * _stride, end = to * _stride; i < end; i += Vector<float>.Count)
        {
            var old = Vector.Load(px + i);
            (old + share * (Vector.Load(py + i) - old)).Store(pz + i);
        }
    }
}
