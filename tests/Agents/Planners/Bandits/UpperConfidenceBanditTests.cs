using RlOffload.Agents.Planners;

namespace RlOffload.Tests.Agents.Planners;

public sealed class UpperConfidenceBanditTests
{
    private static readonly bool[] All = [true, true, true];

    [Fact]
    public void EveryArmIsTriedOnceThenTheHighestBoundWins()
    {
        var bandit = new UpperConfidenceBandit(3, exploration: 1);
        foreach (var (arm, reward) in new[] { (0, 0.1), (1, 0.9), (2, 0.5) })
        {
            Assert.Equal(arm, bandit.Choose(All));
            bandit.Played(arm, reward);
        }
        Assert.Equal(1, bandit.Choose(All));
        // Rewards equal to its mean: its bound falls below that of the third arm once sqrt(ln(t + 1)) (1 - 1 / sqrt(n)) > 0.4.
        var played = 1;
        for (; bandit.Choose(All) == 1; played++)
            bandit.Played(1, 0.9);
        var growth = Math.Sqrt(Math.Log(played + 3));
        Assert.True(0.9 + growth / Math.Sqrt(played) < 0.5 + growth);
        Assert.Equal(2, bandit.Choose(All));
        Assert.Equal(0.9, bandit.Mean(1), 1e-12);
    }

    [Fact]
    public void OnlyAllowedArmsAreChosenAndNoneIsToldApart()
    {
        var bandit = new UpperConfidenceBandit(3, 1);
        Assert.Equal(2, bandit.Choose([false, false, true]));
        Assert.Equal(-1, bandit.Choose([false, false, false]));
    }

    [Fact]
    public void ItsStateComesBack()
    {
        var (first, second) = (new UpperConfidenceBandit(3, 1), new UpperConfidenceBandit(3, 1));
        first.Played(0, 0.25);
        first.Played(2, 0.75);
        first.Seen(1, 0.5);
        Assert.Equal([2, 1, 1, 1, 0.25, 0.5, 0.75], first.Save());
        second.Load(first.Save());
        Assert.Equal(first.Save(), second.Save());
        Assert.Equal(first.Choose(All), second.Choose(All));
    }

    [Fact]
    public void ARoundAllocatesNothing()
    {
        var bandit = new UpperConfidenceBandit(3, 1);
        bandit.Played(bandit.Choose(All), 0.5);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            bandit.Played(bandit.Choose(All), 0.5);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
