using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RlOffload.Environment.Simulation;

/// <summary>
/// Eight numbers or bytes side by side, looked at all at once. Which of a few is meant no processor can guess, and a branch that it guesses wrong
/// costs more than looking at all of them.
/// </summary>
internal static class Eight
{
    public const int Count = 8;

    /// <summary>The numbers, and NaN, which is never below or at most anything, to the end of an eight and for one eight more.</summary>
    public static double[] Filled(ReadOnlySpan<double> numbers)
    {
        var filled = Of(numbers.Length + Count, double.NaN);
        numbers.CopyTo(filled);
        return filled;
    }

    /// <summary>At least so many places, in whole eights, all with the same number.</summary>
    public static T[] Of<T>(int places, T number)
    {
        var numbers = new T[(places + Count - 1) / Count * Count];
        Array.Fill(numbers, number);
        return numbers;
    }

    /// <returns>How many of the eight numbers are at most so large.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int AtMost(ref double first, double number)
    {
        if (Vector512.IsHardwareAccelerated)
            return BitOperations.PopCount(Vector512.LessThanOrEqual(Vector512.LoadUnsafe(ref first), Vector512.Create(number)).ExtractMostSignificantBits());
        var all = Vector256.Create(number);
        return BitOperations.PopCount(Vector256.LessThanOrEqual(Vector256.LoadUnsafe(ref first), all).ExtractMostSignificantBits()
            | Vector256.LessThanOrEqual(Vector256.LoadUnsafe(ref first, 4), all).ExtractMostSignificantBits() << 4);
    }

    /// <returns>How many of the eight numbers are smaller.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Below(ref double first, double number)
    {
        if (Vector512.IsHardwareAccelerated)
            return BitOperations.PopCount(Vector512.LessThan(Vector512.LoadUnsafe(ref first), Vector512.Create(number)).ExtractMostSignificantBits());
        var all = Vector256.Create(number);
        return BitOperations.PopCount(Vector256.LessThan(Vector256.LoadUnsafe(ref first), all).ExtractMostSignificantBits()
            | Vector256.LessThan(Vector256.LoadUnsafe(ref first, 4), all).ExtractMostSignificantBits() << 4);
    }

    /// <returns>Bit 8i + 7 is set where byte i, the lowest first, equals.</returns>
    public static ulong Equal(ulong bytes, byte number)
    {
        const ulong Ones = 0x0101010101010101, Low = 0x7F * Ones;
        var differ = bytes ^ (Ones * number);
        return ~((((differ & Low) + Low) | differ) | Low);
    }

    /// <summary>Changes byte <paramref name="i"/>.</summary>
    public static void Put(ref ulong bytes, int i, byte number) => bytes = (bytes & ~(0xFFUL << 8 * i)) | (ulong)number << 8 * i;
}
