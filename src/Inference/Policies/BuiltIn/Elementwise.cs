using System.Numerics;
using System.Runtime.InteropServices;

namespace RlOffload.Inference.Policies.BuiltIn;

internal interface IPair
{
    static abstract Vector<float> Of(Vector<float> x, Vector<float> y);
}

internal interface ISingle
{
    static abstract Vector<float> Of(Vector<float> x);
}

/// <summary>z = x o y, number by number; an operand of one row, one column or both is repeated.</summary>
internal sealed class PairStep<T>(Value x, Value y, Value z) : Step
    where T : struct, IPair
{
    private readonly bool _whole = x.Count == z.Count && y.Count == z.Count;

    public override void Run()
    {
        var (rows, columns) = _whole ? (1, z.Count) : (z.Rows, z.Columns);
        ref var to = ref MemoryMarshal.GetArrayDataReference(z.Data);
        ref var left = ref MemoryMarshal.GetArrayDataReference(x.Data);
        ref var right = ref MemoryMarshal.GetArrayDataReference(y.Data);
        var (oneX, oneY) = (!_whole && x.Columns == 1, !_whole && y.Columns == 1);
        for (var row = 0; row < rows; row++)
        {
            var (fromX, fromY) = (x.Rows == 1 ? 0 : row * x.Columns, y.Rows == 1 ? 0 : row * y.Columns);
            var (sameX, sameY) = (new Vector<float>(x.Data[fromX]), new Vector<float>(y.Data[fromY]));
            for (var i = 0; i < columns; i += Vector<float>.Count)
                T.Of(oneX ? sameX : Vector.LoadUnsafe(ref left, (nuint)(fromX + i)), oneY ? sameY : Vector.LoadUnsafe(ref right, (nuint)(fromY + i)))
                    .StoreUnsafe(ref to, (nuint)(row * columns + i));
        }
    }
}

/// <summary>z = f(x), number by number.</summary>
internal sealed class SingleStep<T>(Value x, Value z) : Step
    where T : struct, ISingle
{
    public override void Run()
    {
        ref var from = ref MemoryMarshal.GetArrayDataReference(x.Data);
        ref var to = ref MemoryMarshal.GetArrayDataReference(z.Data);
        for (var i = 0; i < z.Count; i += Vector<float>.Count)
            T.Of(Vector.LoadUnsafe(ref from, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
    }
}

internal readonly struct Add : IPair { public static Vector<float> Of(Vector<float> x, Vector<float> y) => x + y; }

internal readonly struct Sub : IPair { public static Vector<float> Of(Vector<float> x, Vector<float> y) => x - y; }

internal readonly struct Mul : IPair { public static Vector<float> Of(Vector<float> x, Vector<float> y) => x * y; }

internal readonly struct Div : IPair { public static Vector<float> Of(Vector<float> x, Vector<float> y) => x / y; }

internal readonly struct Min : IPair { public static Vector<float> Of(Vector<float> x, Vector<float> y) => Vector.Min(x, y); }

internal readonly struct Max : IPair { public static Vector<float> Of(Vector<float> x, Vector<float> y) => Vector.Max(x, y); }

/// <summary>1 where it holds, else 0; the next two likewise.</summary>
internal readonly struct Greater : IPair { public static Vector<float> Of(Vector<float> x, Vector<float> y) => Vector.ConditionalSelect(Vector.GreaterThan(x, y), Vector<float>.One, Vector<float>.Zero); }

internal readonly struct Equal : IPair { public static Vector<float> Of(Vector<float> x, Vector<float> y) => Vector.ConditionalSelect(Vector.Equals(x, y), Vector<float>.One, Vector<float>.Zero); }

internal readonly struct Exp : ISingle { public static Vector<float> Of(Vector<float> x) => Vector.Exp(x); }

internal readonly struct Log : ISingle { public static Vector<float> Of(Vector<float> x) => Vector.Log(x); }

internal readonly struct Sqrt : ISingle { public static Vector<float> Of(Vector<float> x) => Vector.SquareRoot(x); }

internal readonly struct Relu : ISingle { public static Vector<float> Of(Vector<float> x) => Vector.Max(x, Vector<float>.Zero); }

/// <summary>1 - 2 / (e^2x + 1); beyond 20 it is 1 to the last bit.</summary>
internal readonly struct Tanh : ISingle
{
    public static Vector<float> Of(Vector<float> x)
    {
        var bound = new Vector<float>(20);
        var e = Vector.Exp(2 * Vector.Min(Vector.Max(x, -bound), bound));
        return Vector<float>.One - new Vector<float>(2) / (e + Vector<float>.One);
    }
}
