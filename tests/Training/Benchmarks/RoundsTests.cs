using RlOffload.Training.Benchmarks;

namespace RlOffload.Tests.Training.Benchmarks;

public sealed class RoundsTests
{
    [Fact]
    public void TheSpreadIsMedianAndQuartiles() => Assert.Equal(new Spread(3, 2, 4), Spread.Of([5, 1, 4, 2, 3]));

    [Fact]
    public void EveryContestantIsCalledInEveryRoundAsOftenAsInTheFirst()
    {
        var calls = new int[2];
        var spreads = Rounds.Measure(3, 0, () => calls[0]++, () => calls[1]++);
        Assert.Equal(2, spreads.Length);
        // To warm up, to find out how long a call takes, a round for the compiler, and three that count.
        Assert.Equal([6, 6], calls);
    }
}
