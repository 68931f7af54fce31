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

    /// <summary>
    /// log x of a positive normal x: x = 2^n m with m between sqrt(1/2) and sqrt(2), and log m by the minimax polynomial of the Cephes library's logf
    /// (S. Moshier); relative error below 2e-7.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Log(Vector<float> x)
    {
        var bits = Vector.AsVectorInt32(x) - new Vector<int>(0x3F3504F3);                          // above the bits of sqrt(1/2)
        var n = Vector.ConvertToSingle(Vector.ShiftRightArithmetic(bits, 23));
        var m = Vector.AsVectorSingle((bits & new Vector<int>(0x007FFFFF)) + new Vector<int>(0x3F3504F3)) - Vector<float>.One;
        var p = new Vector<float>(7.0376836292e-2f);
        p = Vector.MultiplyAddEstimate(p, m, new Vector<float>(-1.1514610310e-1f));
        p = Vector.MultiplyAddEstimate(p, m, new Vector<float>(1.1676998740e-1f));
        p = Vector.MultiplyAddEstimate(p, m, new Vector<float>(-1.2420140846e-1f));
        p = Vector.MultiplyAddEstimate(p, m, new Vector<float>(1.4249322787e-1f));
        p = Vector.MultiplyAddEstimate(p, m, new Vector<float>(-1.6668057665e-1f));
        p = Vector.MultiplyAddEstimate(p, m, new Vector<float>(2.0000714765e-1f));
        p = Vector.MultiplyAddEstimate(p, m, new Vector<float>(-2.4999993993e-1f));
        p = Vector.MultiplyAddEstimate(p, m, new Vector<float>(3.3333331174e-1f));
        var square = m * m;
        var log = Vector.MultiplyAddEstimate(square * m, p, Vector.MultiplyAddEstimate(square, new Vector<float>(-0.5f), m));
        return Vector.MultiplyAddEstimate(n, new Vector<float>(0.6931471806f), log);
    }

    /// <summary>Sine and cosine of so many turns, -1/2 to 1/2: a quarter is split off, and the rest, an eighth of a turn at most, goes by Taylor's polynomials; error below 4e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SinCos(Vector<float> turns, out Vector<float> sine, out Vector<float> cosine)
    {
        var quarters = Vector.Round(turns * 4f);
        var r = Vector.MultiplyAddEstimate(quarters, new Vector<float>(-0.25f), turns) * (2 * MathF.PI);
        var square = r * r;
        var s = Vector.MultiplyAddEstimate(square, new Vector<float>(-1f / 5040), new Vector<float>(1f / 120));
        s = Vector.MultiplyAddEstimate(square, s, new Vector<float>(-1f / 6));
        s = Vector.MultiplyAddEstimate(square * r, s, r);
        var c = Vector.MultiplyAddEstimate(square, new Vector<float>(1f / 40320), new Vector<float>(-1f / 720));
        c = Vector.MultiplyAddEstimate(square, c, new Vector<float>(1f / 24));
        c = Vector.MultiplyAddEstimate(square, c, new Vector<float>(-0.5f));
        c = Vector.MultiplyAddEstimate(square, c, Vector<float>.One);
        var quarter = Vector.ConvertToInt32Native(quarters);
        var odd = Vector.Equals(quarter & Vector<int>.One, Vector<int>.One);
        var (first, second) = (Vector.ConditionalSelect(odd, c, s), Vector.ConditionalSelect(odd, s, c));
        // Quarter q: the sine changes its sign for q = 2, 3, the cosine for q = 1, 2.
        sine = Vector.AsVectorSingle(Vector.AsVectorInt32(first) ^ ((quarter & new Vector<int>(2)) << 30));
        cosine = Vector.AsVectorSingle(Vector.AsVectorInt32(second) ^ (((quarter + Vector<int>.One) & new Vector<int>(2)) << 30));
    }
}
