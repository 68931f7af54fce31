using RlOffload.Training.Statistics;

namespace RlOffload.Tests.Training.Statistics;

public sealed class RunShareTests
{
    [Fact]
    public void EveryPairOfRunsCountsByItsMeanOverAllWindows()
    {
        // Means 3, 1 and 2 against 2 and 0: of six pairs four are won, one is tied and one lost.
        Assert.Equal(4.5 / 6, RunShare.Of([[2, 4], [1, 1], [4, 0]], [[2, 2], [0, 0]]), 1e-12);
    }

    [Fact]
    public void EqualRunsGiveOneHalf() => Assert.Equal(0.5, RunShare.Of([[1, 2], [3, 4]], [[1, 2], [3, 4]]));

    [Fact]
    public void ALearnerWhoseEverySeedEarnsMoreWinsThoughItLosesWindows() => Assert.Equal(1, RunShare.Of([[3, 0], [4, 0]], [[1, 1]]));

    [Fact]
    public void RunsOfOtherWindowsAreRefused()
    {
        Assert.Throws<ArgumentException>(() => RunShare.Of([[1, 2]], [[1]]));
        Assert.Throws<ArgumentException>(() => RunShare.Of([], [[1]]));
        Assert.Throws<ArgumentException>(() => RunShare.Of([[]], [[]]));
    }
}
