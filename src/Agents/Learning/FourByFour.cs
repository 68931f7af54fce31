using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace RlOffload.Agents.Learning;

/// <summary>What matrices are transposed by, 16 numbers at a time in registers.</summary>
internal static unsafe class FourByFour
{
    /// <summary>Four rows of four numbers become four columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn(Vector128<float> x, Vector128<float> y, Vector128<float> z, Vector128<float> w, float* to, nint step)
    {
        Vector128<float> xz = ZipLow(x, z), yw = ZipLow(y, w);
        ZipLow(xz, yw).Store(to);
        ZipHigh(xz, yw).Store(to + step);
        (xz, yw) = (ZipHigh(x, z), ZipHigh(y, w));
        ZipLow(xz, yw).Store(to + 2 * step);
        ZipHigh(xz, yw).Store(to + 3 * step);
    }

    // .NET 10 has no portable name for these.

    /// <summary>x0 y0 x1 y1</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipLow(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackLow(x, y) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(x, y) : Vector128.Create(x[0], y[0], x[1], y[1]);

    /// <summary>x2 y2 x3 y3</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipHigh(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackHigh(x, y) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(x, y) : Vector128.Create(x[2], y[2], x[3], y[3]);
}
