using RlOffload.Inference.Flights;

namespace RlOffload.Tests.Inference.Flights;

public class ProbeBudgetTests
{
    [Fact]
    public void ProbesCostNoMoreThanTheRateOverAnyTime()
    {
        var budget = new ProbeBudget(1000, 24000);
        for (var now = 0.0; now < 600; now += 0.1)
            if (budget.Allows(now))
                budget.Spend();
        Assert.InRange(budget.Spent, 600_000 - 2 * 24000, 600_000);
    }

    [Fact]
    public void WhatWasSavedUpIsTwoProbesAtMost()
    {
        var budget = new ProbeBudget(1000, 24000);
        var sent = 0;
        for (; budget.Allows(1e6); sent++)
            budget.Spend();
        Assert.Equal(2, sent);
    }

    [Fact]
    public void TheNextOneIsAllowedWhenItSays()
    {
        var budget = new ProbeBudget(1000, 24000);
        var next = budget.Next(0);
        Assert.Equal(24, next, 9);
        Assert.False(budget.Allows(next - 1e-6));
        Assert.True(budget.Allows(next + 1e-6));
        Assert.Equal(30, budget.Next(30));
        Assert.Equal(double.PositiveInfinity, new ProbeBudget(0, 24000).Next(5));
        Assert.Equal(5, new ProbeBudget(double.PositiveInfinity, 24000).Next(5));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(double.PositiveInfinity, true)]
    public void NoneAndAllAreBudgetsToo(double rate, bool allows)
    {
        var budget = new ProbeBudget(rate, 24000);
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(allows, budget.Allows(i * 1000));
            if (allows)
                budget.Spend();
        }
    }
}
