using System.Numerics;
using System.Runtime.CompilerServices;

namespace RlOffload.Agents.Learning;

/// <summary>Columns of a tile in vectors, known when it is compiled.</summary>
internal interface ITileWidth
{
    static abstract int Vectors { get; }
}

internal readonly struct OneVector : ITileWidth { public static int Vectors => 1; }
internal readonly struct TwoVectors : ITileWidth { public static int Vectors => 2; }
internal readonly struct ThreeVectors : ITileWidth { public static int Vectors => 3; }

/// <summary>
/// A block of a product whose sums stay in registers. Vectors of 16 lanes come with 32 registers: then a tile has 8 rows, and 3 vectors where an odd number is
/// left. Every element is summed over k in order, whatever tile it falls into.
/// </summary>
internal static unsafe class ProductTile
{
    private static bool Tall => Vector<float>.Count == 16;

    /// <summary>Rows of a tile: as many as leave registers for two vectors of columns.</summary>
    public static int Rows => Tall ? 8 : 6;

    /// <summary>Vectors in the next tile of a row of which <paramref name="left"/> columns are left, a multiple of 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Vectors(int left) => left / Vector<float>.Count is var vectors and (1 or 3) ? vectors : 2;

    /// <summary>c [rows, vectors] (+)= a [rows, depth] panel [depth, vectors], then finished; element (i, k) of a lies at i aRow + k aStep.</summary>
    /// <param name="rows">Of <see cref="Rows"/> those that exist.</param>
    /// <param name="accumulate">Goes on with the sums that c holds.</param>
    /// <param name="beside">What the finish reads beside c, with its step from row to row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)] // within a caller its sums may not stay in registers
    public static void Sum<TWidth, TFinish>(
        float* a, nint aRow, nint aStep, float* panel, int depth, float* c, nint cRow, int rows, bool accumulate, float* beside, nint besideRow)
        where TWidth : struct, ITileWidth
        where TFinish : struct, IFinish
    {
        nint width = Vector<float>.Count;
        // Rows past the edge repeat row 0 and are not stored.
        var a1 = rows > 1 ? a + aRow : a;
        var a2 = rows > 2 ? a + 2 * aRow : a;
        var a3 = rows > 3 ? a + 3 * aRow : a;
        var a4 = rows > 4 ? a + 4 * aRow : a;
        var a5 = rows > 5 ? a + 5 * aRow : a;
        var a6 = rows > 6 ? a + 6 * aRow : a;
        var a7 = rows > 7 ? a + 7 * aRow : a;
        Vector<float> c00 = default, c10 = default, c20 = default, c30 = default, c40 = default, c50 = default, c60 = default, c70 = default;
        Vector<float> c01 = default, c11 = default, c21 = default, c31 = default, c41 = default, c51 = default, c61 = default, c71 = default;
        Vector<float> c02 = default, c12 = default, c22 = default, c32 = default, c42 = default, c52 = default, c62 = default, c72 = default;
        if (accumulate)
        {
            Read<TWidth>(c, out c00, out c01, out c02);
            if (rows > 1) Read<TWidth>(c + cRow, out c10, out c11, out c12);
            if (rows > 2) Read<TWidth>(c + 2 * cRow, out c20, out c21, out c22);
            if (rows > 3) Read<TWidth>(c + 3 * cRow, out c30, out c31, out c32);
            if (rows > 4) Read<TWidth>(c + 4 * cRow, out c40, out c41, out c42);
            if (rows > 5) Read<TWidth>(c + 5 * cRow, out c50, out c51, out c52);
            if (Tall && rows > 6) Read<TWidth>(c + 6 * cRow, out c60, out c61, out c62);
            if (Tall && rows > 7) Read<TWidth>(c + 7 * cRow, out c70, out c71, out c72);
        }
        nint at = 0;
        for (var end = panel + depth * TWidth.Vectors * width; panel < end; panel += TWidth.Vectors * width, at += aStep)
        {
            // MultiplyAddEstimate is a fused multiply-add where the machine has one and stays fast where it has not.
            Read<TWidth>(panel, out var b0, out var b1, out var b2);
            var x = Vector.Create(a[at]);
            c00 = Vector.MultiplyAddEstimate(x, b0, c00);
            if (TWidth.Vectors > 1) c01 = Vector.MultiplyAddEstimate(x, b1, c01);
            if (TWidth.Vectors > 2) c02 = Vector.MultiplyAddEstimate(x, b2, c02);
            x = Vector.Create(a1[at]);
            c10 = Vector.MultiplyAddEstimate(x, b0, c10);
            if (TWidth.Vectors > 1) c11 = Vector.MultiplyAddEstimate(x, b1, c11);
            if (TWidth.Vectors > 2) c12 = Vector.MultiplyAddEstimate(x, b2, c12);
            x = Vector.Create(a2[at]);
            c20 = Vector.MultiplyAddEstimate(x, b0, c20);
            if (TWidth.Vectors > 1) c21 = Vector.MultiplyAddEstimate(x, b1, c21);
            if (TWidth.Vectors > 2) c22 = Vector.MultiplyAddEstimate(x, b2, c22);
            x = Vector.Create(a3[at]);
            c30 = Vector.MultiplyAddEstimate(x, b0, c30);
            if (TWidth.Vectors > 1) c31 = Vector.MultiplyAddEstimate(x, b1, c31);
            if (TWidth.Vectors > 2) c32 = Vector.MultiplyAddEstimate(x, b2, c32);
            x = Vector.Create(a4[at]);
            c40 = Vector.MultiplyAddEstimate(x, b0, c40);
            if (TWidth.Vectors > 1) c41 = Vector.MultiplyAddEstimate(x, b1, c41);
            if (TWidth.Vectors > 2) c42 = Vector.MultiplyAddEstimate(x, b2, c42);
            x = Vector.Create(a5[at]);
            c50 = Vector.MultiplyAddEstimate(x, b0, c50);
            if (TWidth.Vectors > 1) c51 = Vector.MultiplyAddEstimate(x, b1, c51);
            if (TWidth.Vectors > 2) c52 = Vector.MultiplyAddEstimate(x, b2, c52);
            if (!Tall)
                continue;
            x = Vector.Create(a6[at]);
            c60 = Vector.MultiplyAddEstimate(x, b0, c60);
            if (TWidth.Vectors > 1) c61 = Vector.MultiplyAddEstimate(x, b1, c61);
            if (TWidth.Vectors > 2) c62 = Vector.MultiplyAddEstimate(x, b2, c62);
            x = Vector.Create(a7[at]);
            c70 = Vector.MultiplyAddEstimate(x, b0, c70);
            if (TWidth.Vectors > 1) c71 = Vector.MultiplyAddEstimate(x, b1, c71);
            if (TWidth.Vectors > 2) c72 = Vector.MultiplyAddEstimate(x, b2, c72);
        }
        Write<TWidth, TFinish>(c, beside, c00, c01, c02);
        if (rows > 1) Write<TWidth, TFinish>(c + cRow, beside + besideRow, c10, c11, c12);
        if (rows > 2) Write<TWidth, TFinish>(c + 2 * cRow, beside + 2 * besideRow, c20, c21, c22);
        if (rows > 3) Write<TWidth, TFinish>(c + 3 * cRow, beside + 3 * besideRow, c30, c31, c32);
        if (rows > 4) Write<TWidth, TFinish>(c + 4 * cRow, beside + 4 * besideRow, c40, c41, c42);
        if (rows > 5) Write<TWidth, TFinish>(c + 5 * cRow, beside + 5 * besideRow, c50, c51, c52);
        if (Tall && rows > 6) Write<TWidth, TFinish>(c + 6 * cRow, beside + 6 * besideRow, c60, c61, c62);
        if (Tall && rows > 7) Write<TWidth, TFinish>(c + 7 * cRow, beside + 7 * besideRow, c70, c71, c72);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read<TWidth>(float* at, out Vector<float> first, out Vector<float> second, out Vector<float> third)
        where TWidth : struct, ITileWidth
    {
        first = Vector.Load(at);
        second = TWidth.Vectors > 1 ? Vector.Load(at + Vector<float>.Count) : default;
        third = TWidth.Vectors > 2 ? Vector.Load(at + 2 * Vector<float>.Count) : default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<TWidth, TFinish>(float* c, float* beside, Vector<float> first, Vector<float> second, Vector<float> third)
        where TWidth : struct, ITileWidth
        where TFinish : struct, IFinish
    {
        Finish<TFinish>(c, beside, 0, first);
        if (TWidth.Vectors > 1) Finish<TFinish>(c, beside, Vector<float>.Count, second);
        if (TWidth.Vectors > 2) Finish<TFinish>(c, beside, 2 * Vector<float>.Count, third);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TFinish>(float* c, float* beside, int column, Vector<float> sum)
        where TFinish : struct, IFinish =>
        (TFinish.Reads ? TFinish.Of(sum, Vector.Load(beside + column)) : sum).Store(c + column);
}
