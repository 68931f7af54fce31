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
