using System.Numerics;
using System.Runtime.CompilerServices;

namespace RlOffload.Agents.Engine.Kernels;

/// <summary>e^x and what is made of it, by vectors; the same bits with any number of lanes that fuse multiply and add alike.</summary>
internal static class Exponentials
{
    /// <summary>
    /// e^x = 2^n e^r with n the integer nearest to x / log 2: the remainder by Taylor's polynomial of degree 6 on |r| below 0.35, where the
    /// next term is under 1.3e-7; relative error below 3e-7. Exactly 0 below -87.3, the largest finite power above 88.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x)
    {
        var bounded = Vector.Min(Vector.Max(x, new Vector<float>(-87.3f)), new Vector<float>(88f));
        var n = Vector.Round(bounded * 1.44269504f);
        // log 2 in two parts, the first with few digits, so that the remainder is exact.
        var r = Vector.MultiplyAddEstimate(n, new Vector<float>(-0.693359375f), bounded);
        r = Vector.MultiplyAddEstimate(n, new Vector<float>(2.12194440e-4f), r);
        var p = new Vector<float>(1f / 720);
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(1f / 120));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(1f / 24));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(1f / 6));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(0.5f));
        p = Vector.MultiplyAddEstimate(p, r, Vector<float>.One);
        p = Vector.MultiplyAddEstimate(p, r, Vector<float>.One);
        var power = Vector.AsVectorSingle(Vector.ShiftLeft(Vector.ConvertToInt32Native(n) + new Vector<int>(127), 23));
        return Vector.ConditionalSelect(Vector.LessThan(x, new Vector<float>(-87.3f)), Vector<float>.Zero, p * power);
    }

    /// <summary>tanh x = (1 - e^-2|x|) / (1 + e^-2|x|) with the sign of x; the odd series where the difference would lose digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Tanh(Vector<float> x)
    {
        var e = Exp(-2f * Vector.Abs(x));
        var large = Vector.CopySign((Vector<float>.One - e) / (Vector<float>.One + e), x);
        var square = x * x;
        var small = x * Vector.MultiplyAddEstimate(square, Vector.MultiplyAddEstimate(square, new Vector<float>(2f / 15), new Vector<float>(-1f / 3)), Vector<float>.One);
        return Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(x), new Vector<float>(0.1f)), small, large);
    }

    /// <summary>x tanh(log(1 + e^x)) = x n / (n + 2) with n = e (e + 2), e = e^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Mish(Vector<float> x)
    {
        var e = Exp(Vector.Min(x, new Vector<float>(20f)));
        var n = e * (e + new Vector<float>(2f));
        return x * n / (n + new Vector<float>(2f));
    }

    /// <summary>d Mish / dx = t + x 4 e (e + 1) / (n + 2)^2 with t = n / (n + 2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> MishSlope(Vector<float> x)
    {
        var e = Exp(Vector.Min(x, new Vector<float>(20f)));
        var n = e * (e + new Vector<float>(2f));
        var inverse = Vector<float>.One / (n + new Vector<float>(2f));
        return inverse * (n + 4f * x * e * (e + Vector<float>.One) * inverse);
    }
}
