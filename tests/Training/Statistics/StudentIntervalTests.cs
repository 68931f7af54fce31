using RlOffload.Training.Statistics;

namespace RlOffload.Tests.Training.Statistics;

public sealed class StudentIntervalTests
{
    [Fact]
    public void ItIsStudentsInterval()
    {
        // Mean 3, standard deviation sqrt(2.5), t(4, 0.975) = 2.776445 (any table of the t distribution).
        var interval = StudentInterval.Of([1, 2, 3, 4, 5]);
        Assert.Equal(3, interval.Mean, 1e-12);
        Assert.Equal(2.776445 * Math.Sqrt(2.5 / 5), interval.High - 3, 1e-5);
        Assert.Equal(interval.High - 3, 3 - interval.Low, 1e-12);
    }

    [Fact]
    public void OneValueHasNoWidth() => Assert.Equal(new Interval(0.4, 0.4, 0.4), StudentInterval.Of([0.4]));
}
