using System.Numerics;
using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment.Plans;

public sealed class CommonDivisorTests
{
    [Fact]
    public void QuotientsAreThoseOfADivisionBitForBit()
    {
        var rng = new Rng(1);
        var x = new double[Vector<double>.Count];
        for (var i = 0; i < 20_000; i++)
        {
            var divisor = Divisor(i, ref rng);
            var common = default(CommonDivisor);
            common.Set(divisor);
            for (var k = 0; k < 20; k++)
            {
                foreach (ref var number in x.AsSpan())
                    number = rng.NextInt(20) == 0 ? 0 : Math.Exp(8 * rng.NextGaussian()) * (rng.NextInt(4) == 0 ? divisor : 1);
                var quotient = common.Of(new Vector<double>(x));
                for (var lane = 0; lane < x.Length; lane++)
                    Assert.True(BitConverter.DoubleToInt64Bits(x[lane] / divisor) == BitConverter.DoubleToInt64Bits(quotient[lane]), $"{x[lane]:R} / {divisor:R} is not {quotient[lane]:R}");
            }
        }
    }

    /// <summary>Every size, whole numbers, ones, and mantissas beside the hardest.</summary>
    private static double Divisor(int i, ref Rng rng) => (i % 5) switch
    {
        0 => 1 + rng.NextInt(1000),
        1 => Math.BitDecrement(2.0 * (1 + rng.NextInt(8))),
        2 => Math.BitIncrement(1.0 + rng.NextInt(8)),
        _ => Math.Exp(6 * rng.NextGaussian()),
    };
}
