using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RlOffload.Inference.Policies.BuiltIn;

/// <summary>One operator with the memory that it reads and writes. Running it allocates nothing.</summary>
internal abstract class Step
{
    public abstract void Run();
}

/// <summary>z = x y, x [m, k], y [k, n]. Whole vectors are written: what falls behind a row's end is written over by the next row, or falls behind the last number.</summary>
internal sealed class ProductStep(Value x, Value y, Value z) : Step
{
    public override void Run()
    {
        var (m, k, n) = (x.Rows, x.Columns, y.Columns);
        ref var from = ref MemoryMarshal.GetArrayDataReference(x.Data);
        ref var by = ref MemoryMarshal.GetArrayDataReference(y.Data);
        ref var to = ref MemoryMarshal.GetArrayDataReference(z.Data);
        var width = Vector<float>.Count;
        for (var row = 0; row < m; row++)
        {
            ref var left = ref Unsafe.Add(ref from, row * k);
            var column = 0;
            // Four sums at a time hide the latency of an addition.
            for (; column + 3 * width < n; column += 4 * width)
            {
                Vector<float> a = default, b = default, c = default, d = default;
                for (var i = 0; i < k; i++)
                {
                    var factor = new Vector<float>(Unsafe.Add(ref left, i));
                    var at = (nuint)(i * n + column);
                    a = Vector.FusedMultiplyAdd(factor, Vector.LoadUnsafe(ref by, at), a);
                    b = Vector.FusedMultiplyAdd(factor, Vector.LoadUnsafe(ref by, at + (nuint)width), b);
                    c = Vector.FusedMultiplyAdd(factor, Vector.LoadUnsafe(ref by, at + (nuint)(2 * width)), c);
                    d = Vector.FusedMultiplyAdd(factor, Vector.LoadUnsafe(ref by, at + (nuint)(3 * width)), d);
                }
                var place = (nuint)(row * n + column);
                a.StoreUnsafe(ref to, place);
                b.StoreUnsafe(ref to, place + (nuint)width);
                c.StoreUnsafe(ref to, place + (nuint)(2 * width));
                d.StoreUnsafe(ref to, place + (nuint)(3 * width));
            }
            for (; column < n; column += width)
            {
                Vector<float> sum = default;
                for (var i = 0; i < k; i++)
                    sum = Vector.FusedMultiplyAdd(new Vector<float>(Unsafe.Add(ref left, i)), Vector.LoadUnsafe(ref by, (nuint)(i * n + column)), sum);
                sum.StoreUnsafe(ref to, (nuint)(row * n + column));
            }
        }
    }
}

/// <summary>z[i] = x[from[i]]: picks, repeats and transposes.</summary>
internal sealed class MoveStep(Value x, int[] from, Value z) : Step
{
    public override void Run()
    {
        var (source, target) = (x.Data, z.Data);
        for (var i = 0; i < from.Length; i++)
            target[i] = source[from[i]];
    }
}

/// <summary>Sums or takes the largest over the middle of [outer, middle, inner].</summary>
internal sealed class ReduceStep(Value x, Value z, int outer, int middle, int inner, bool largest) : Step
{
    public override void Run()
    {
        for (var o = 0; o < outer; o++)
            for (var i = 0; i < inner; i++)
            {
                var at = o * middle * inner + i;
                var sum = largest ? float.NegativeInfinity : 0;
                for (var j = 0; j < middle; j++, at += inner)
                    sum = largest ? MathF.Max(sum, x.Data[at]) : sum + x.Data[at];
                z.Data[o * inner + i] = sum;
            }
    }
}

/// <summary>x - log sum exp x, row by row.</summary>
internal sealed class LogSoftmaxStep(Value x, Value z) : Step
{
    public override void Run()
    {
        var columns = x.Columns;
        for (var row = 0; row < x.Rows; row++)
        {
            var from = x.Data.AsSpan(row * columns, columns);
            var to = z.Data.AsSpan(row * columns, columns);
            var most = float.NegativeInfinity;
            foreach (var number in from)
                most = MathF.Max(most, number);
            var sum = 0f;
            foreach (var number in from)
                sum += MathF.Exp(number - most);
            var log = most + MathF.Log(sum);
            for (var i = 0; i < columns; i++)
                to[i] = from[i] - log;
        }
    }
}
