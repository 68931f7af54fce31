using RlOffload.Environment;

namespace RlOffload.Tests.Environment;

public sealed class LogarithmsTests
{
    [Fact]
    public void EachIsTheRoundedLogarithmBitForBit()
    {
        var rng = new Rng(3);
        var (numbers, logarithms) = (new double[64], new float[64]);
        for (var i = 0; i < 20_000; i++)
        {
            foreach (ref var x in numbers.AsSpan())
                x = rng.NextInt(6) switch
                {
                    0 => 1,
                    1 => 1 + Math.Exp(-30 * rng.NextDouble()) * (rng.NextInt(2) == 0 ? 1 : -0.5),
                    2 => 1 + 120 * rng.NextDouble(),
                    3 => Math.Exp(Math.Round(1e3 * rng.NextGaussian()) / 512), // as near to a float as can be
                    _ => Math.Clamp(Math.Exp(4 * rng.NextGaussian()), 1e-4, 1e4),
                };
            Logarithms.Of(numbers, logarithms);
            for (var k = 0; k < numbers.Length; k++)
                Assert.True(BitConverter.SingleToInt32Bits((float)Math.Log(numbers[k])) == BitConverter.SingleToInt32Bits(logarithms[k]), $"log {numbers[k]:R} is not {logarithms[k]:R}");
        }
    }
}
