using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment.Plans;

public sealed class PlanMapTests
{
    private static readonly CostModel Model = TestWorld.Model(bits: [2, 4, 8, 32]);
    private static readonly PlanTable Part = Model.Table.Plans.Pruned(Model.Table, DominanceTolerance.Default);
    private static readonly PlanMap Map = new(Part, Model.Table.Plans);

    [Fact]
    public void APlanIsTheSamePlanInBothTables()
    {
        Assert.InRange(Part.Count, 3, Model.Count - 1);
        Assert.Equal(Part.Count, Map.Count);
        for (var p = 0; p < Part.Count; p++)
        {
            Assert.Equal(Part[p], Model.Table.Plans[Map.ToWhole(p)]);
            Assert.Equal(p, Map.ToPart(Map.ToWhole(p)));
        }
        Assert.Equal(Model.Count - Part.Count, Enumerable.Range(0, Model.Count).Count(p => Map.ToPart(p) < 0));
        Assert.Equal(Map.Whole.Order(), Map.Whole);
    }

    [Fact]
    public void AMaskIsProjectedPlanByPlan()
    {
        var whole = new bool[Model.Count];
        for (var p = 0; p < whole.Length; p++)
            whole[p] = p % 3 == 0;
        var part = new bool[Map.Count];
        Map.Project(whole, part);
        for (var p = 0; p < part.Length; p++)
            Assert.Equal(Map.ToWhole(p) % 3 == 0, part[p]);
    }

    [Fact]
    public void APlanThatTheWholeLacksIsRefused() =>
        Assert.Throws<ArgumentException>(() => new PlanMap(new PlanTable([new(PlanKind.Local, 7, 7, 0)]), Model.Table.Plans));
}
