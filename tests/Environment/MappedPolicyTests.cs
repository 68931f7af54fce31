using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment;

public sealed class MappedPolicyTests
{
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
