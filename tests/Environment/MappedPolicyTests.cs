using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment;

public sealed class MappedPolicyTests
{
    private sealed class Holding : IPolicy, IDisposable
    {
        public bool Gone { get; private set; }
        public string Name => "holding";

        public void Begin(int window) { }

        public int Decide(Observation observation, ReadOnlySpan<bool> mask) => mask.IndexOf(true);

        public void Dispose() => Gone = true;
    }

    [Fact]
    public void WhatThePolicyHoldsIsLetGoWithIt()
    {
        var table = TestWorld.Model().Table.Plans;
        var policy = new Holding();
        new MappedPolicy(policy, new PlanMap(table, table)).Dispose();
        Assert.True(policy.Gone);
    }

    [Fact]
    public void APolicyOfThePartTablePlaysInTheWholeAsItsPlansDo()
    {
        var whole = TestWorld.Model(bits: [2, 4, 8, 32]);
        var table = whole.Table.Plans.Pruned(whole.Table, DominanceTolerance.Default);
        var part = new CostModel(new CostTable(TestWorld.Profile, table, TestWorld.Scenario), TestWorld.Scenario);
        var map = new PlanMap(table, whole.Table.Plans);
        var mapped = new MappedPolicy(new GreedyPlanner(part, [.. Enumerable.Range(0, part.Count)]), map);
        Assert.Equal("greedy", mapped.Name);
        var environment = new OffloadEnvironment(whole, TestWorld.Varying(), TestWorld.Seed);
        Assert.Equal(Rollout.Play(environment, new GreedyPlanner(whole, map.Whole), 1), Rollout.Play(environment, mapped, 1));
        Assert.Equal(Rollout.Play(new OffloadEnvironment(part, TestWorld.Varying(), TestWorld.Seed),
            new GreedyPlanner(part, [.. Enumerable.Range(0, part.Count)]), 1), Rollout.Play(environment, mapped, 1));
    }
}
