using RlOffload.Environment;

namespace RlOffload.Tests.Environment;

public sealed class RngTests
{
    [Fact]
    public void TheSameKeyDrawsTheSameNumbersAndAnyOtherKeyDoesNot()
    {
        var a = Rng.Keyed(1, 2, 3, RngPurpose.Rtt);
        var same = Rng.Keyed(1, 2, 3, RngPurpose.Rtt);
        var other = Rng.Keyed(1, 2, 3, RngPurpose.Arrival);
        var first = a.NextUInt64();
        Assert.Equal(first, same.NextUInt64());
        Assert.NotEqual(first, other.NextUInt64());
        Assert.NotEqual(Rng.Keyed(1, 2, 4, RngPurpose.Rtt).NextUInt64(), first);
        Assert.NotEqual(Rng.Keyed(1, 3, 2, RngPurpose.Rtt).NextUInt64(), first);
    }

    [Fact]
    public void DrawsHaveTheMomentsOfTheirDistributions()
    {
        var rng = new Rng(7);
        double uniform = 0, gauss = 0, square = 0, exponential = 0;
        const int n = 200_000;
        for (var i = 0; i < n; i++)
        {
            uniform += rng.NextDouble();
            var g = rng.NextGaussian();
            gauss += g;
            square += g * g;
            exponential += rng.NextExponential();
        }
        Assert.Equal(0.5, uniform / n, 2);
        Assert.Equal(0.0, gauss / n, 2);
        Assert.Equal(1.0, square / n, 1);
        Assert.Equal(1.0, exponential / n, 1);
    }
}
