using RlOffload.Environment;
using RlOffload.Environment.Simulation;

namespace RlOffload.Tests.Environment.Simulation;

public sealed class VirtualQueuesTests
{
    [Fact]
    public void WhatIsSpentBeyondTheBudgetStaysUntilItIsSavedAgain()
    {
        var queues = new VirtualQueues();
        var budgets = new BudgetSpec(2, 0.25, 0.5);
        queues.Arrive(budgets, 1); // less than the budget leaves no credit
        Assert.Equal(default, queues.Debts);
        queues.Known(new Costs(0, 1, 0.75));
        queues.Known(new Costs(0, 0, 0.25));
        queues.Arrive(budgets, 6);
        Assert.Equal(new Costs(3, 0.75, 0.5), queues.Debts);
        queues.Arrive(budgets, 6.5);
        Assert.Equal(new Costs(1.5, 0.5, 0), queues.Debts);
        queues.Arrive(budgets, 6.5);
        Assert.Equal(new Costs(0, 0.25, 0), queues.Debts);
    }

    [Fact]
    public void WhereThereIsNoBudgetThereIsNoDebt()
    {
        var queues = new VirtualQueues();
        queues.Known(new Costs(0, 100, 100));
        queues.Arrive(new BudgetSpec(), 1e6);
        Assert.Equal(default, queues.Debts);
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(1.1)]
    public void DebtsStayBoundedExactlyIfTheMeanCostKeepsTheBudget(double mean)
    {
        const int Requests = 20_000;
        var queues = new VirtualQueues();
        var budgets = new BudgetSpec(1, 0.2, 0.1);
        var rng = new Rng(4);
        double energy = 0, most = 0;
        for (var i = 0; i < Requests; i++)
        {
            // Costs in bursts: the first of ten requests bears them all.
            var burst = i % 10 == 0 ? 10 * mean * 2 * rng.NextDouble() : 0;
            energy += burst;
            queues.Known(new Costs(0, 0.2 * burst, 0.1 * burst));
            queues.Arrive(budgets, energy);
            most = Math.Max(most, queues.Debts.Energy);
        }
        if (mean < 1)
        {
            Assert.InRange(most, 10, 400);
            return;
        }
        Assert.Equal((mean - 1) * Requests, queues.Debts.Energy, 0.15 * (mean - 1) * Requests);
        Assert.Equal(queues.Debts.Energy * 0.2, queues.Debts.Misses, 1e-6 * Requests);
        Assert.Equal(queues.Debts.Energy * 0.1, queues.Debts.AccuracyShortfall, 1e-6 * Requests);
    }
}
