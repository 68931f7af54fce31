using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace RlOffload.Environment.Plans;

/// <summary>
/// Divides many numbers by the same one, correctly rounded and so bit for bit what a division gives, at the price of three multiplications: the rounded
/// reciprocal makes a quotient that the exact remainder corrects (P. W. Markstein, "Computation of elementary functions on the IBM RISC System/6000
/// processor", IBM J. Res. Dev. 34(1), 1990). The theorem leaves out divisors whose mantissa is all ones, and quotients that underflow.
/// </summary>
internal struct CommonDivisor
{
    private const long Mantissa = (1L << 52) - 1;

    private double _divisor, _reciprocal;
    private bool _divides;

    /// <summary>Number by number into its place: a block that is copied as a whole would have to wait until all that was written to it is there.</summary>
    /// <param name="divisor">Above 0, finite, and nowhere near the ends of the range of doubles.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(double divisor)
    {
        (_divisor, _reciprocal) = (divisor, 1 / divisor);
        // Without fused multiplication in hardware a plain division is quicker.
        _divides = (BitConverter.DoubleToInt64Bits(divisor) & Mantissa) == Mantissa || (X86Base.IsSupported && !Fma.IsSupported);
    }

    /// <param name="x">Finite, else the quotient is no number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector<double> Of(Vector<double> x)
    {
        if (_divides)
            return x / new Vector<double>(_divisor);
        var quotient = x * new Vector<double>(_reciprocal);
        return Vector.FusedMultiplyAdd(Vector.FusedMultiplyAdd(-quotient, new Vector<double>(_divisor), x), new Vector<double>(_reciprocal), quotient);
    }
}
