using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Agents.Planners;

public sealed class LmosPlannerTests
{
    [Fact]
    public void ItTakesTheMostMemoryBelowTheCapUnlessThatSplitIsTheSlowest()
    {
        var rng = new Rng(1);
        for (var world = 0ul; world < 40; world++)
        {
            var model = RandomWorld.Model(world);
            var planner = new LmosPlanner(model);
            var splits = RandomWorld.InnerSplits(model, 32);
            for (var round = 0; round < 10; round++)
            {
                var o = RandomWorld.Observation(ref rng);
                double Latency(int p) => model.Table[p].DeviceSeconds * o.Slowdown + model.Table[p].Bytes * 8 / o.Rate + o.Rtt
                    + model.Table[p].ServerSeconds * o.ServerLoad;
                int[] fitting = [.. splits.Where(p => model.Table[p].MemoryBytes < planner.MemoryCapBytes)];
                var slowest = fitting.Select(Latency).DefaultIfEmpty(0).Max();
                var expected = fitting.Length == 0 ? splits.MinBy(p => model.Table[p].MemoryBytes)
                    : fitting.Where(p => Latency(p) < slowest).DefaultIfEmpty(fitting[0]).MaxBy(p => model.Table[p].MemoryBytes);
                var violations = planner.Violations["memory_cap"];
                Assert.Equal(expected, planner.Decide(o, RandomWorld.AllAllowed(model.Table.Plans)));
                Assert.Equal(violations + (fitting.Length == 0 ? 1 : 0), planner.Violations["memory_cap"]);
            }
        }
    }

    [Theory]
    [InlineData(32)]
    [InlineData(8)]
    public void ItIsNeverFasterThanItsLatencyOnlyCompanion(int bits)
    {
        var rng = new Rng(4);
        for (var world = 0ul; world < 40; world++)
        {
            var model = RandomWorld.Model(world);
            var (lmos, loa) = (new LmosPlanner(model, bits: bits), new LoaPlanner(model, bits));
            for (var round = 0; round < 10; round++)
            {
                var o = RandomWorld.Observation(ref rng);
                var mask = RandomWorld.AllAllowed(model.Table.Plans);
                double Latency(int p) => model.Table[p].DeviceSeconds * o.Slowdown + model.Table[p].Bytes * 8 / o.Rate
                    + model.Table[p].ServerSeconds * o.ServerLoad;
                int slow = lmos.Decide(o, mask), fast = loa.Decide(o, mask);
                Assert.True(Latency(slow) >= Latency(fast) - 1e-12);
                Assert.Equal(bits, model.Table.Plans[slow].Bits);
                Assert.Equal(bits, model.Table.Plans[fast].Bits);
            }
        }
    }

    [Fact]
    public void TheCapIsATenthOfTheMemoryTheDeviceIsTakenToHave()
    {
        // The test world needs 450,000 bytes to its deepest exit.
        var planner = new LmosPlanner(RandomWorld.Small());
        Assert.Equal(225_000, planner.MemoryCapBytes);
        Assert.Equal(2_250_000, planner.DeviceMemoryBytes, 6);
        Assert.Equal(90_000, new LmosPlanner(RandomWorld.Small(), 0.2).MemoryCapBytes);
    }

    [Fact]
    public void WhereNoHeadFitsTheSmallestIsUsedAndCounted()
    {
        // Heads of 100,000 and 200,000 bytes under a cap of 90,000.
        var model = RandomWorld.Small();
        var planner = new LmosPlanner(model, 0.2);
        var rng = new Rng(6);
        for (var i = 0; i < 3; i++)
            Assert.Equal("cut1@3/32b", model.Table.Plans[planner.Decide(RandomWorld.Observation(ref rng), RandomWorld.AllAllowed(model.Table.Plans))].ToString());
        Assert.Equal(3, planner.Violations["memory_cap"]);
    }

    [Fact]
    public void ASplitThatTheMaskForbidsIsNotFeasible()
    {
        var model = RandomWorld.Small();
        var planner = new LmosPlanner(model);
        var mask = RandomWorld.AllAllowed(model.Table.Plans);
        mask[RandomWorld.Plan(model, "cut2@3/32b")] = false;
        var rng = new Rng(6);
        Assert.Equal("cut1@3/32b", model.Table.Plans[planner.Decide(RandomWorld.Observation(ref rng), mask)].ToString());
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.9)]
    [InlineData(double.NaN)]
    public void ACapThatForbidsOrAllowsAlmostEverythingIsRefused(double share) =>
        Assert.Contains("0.2 to 0.8", Assert.Throws<InputException>(() => new LmosPlanner(RandomWorld.Small(), share)).Message);

    [Fact]
    public void AWidthThatTheTableLacksIsRefused()
    {
        var model = RandomWorld.Small();
        var without = new CostModel(new CostTable(model.Table.Profile, PlanTable.Of(model.Table.Profile, [4, 8], false), model.Scenario), model.Scenario);
        Assert.Contains("allowed: 4, 8", Assert.Throws<InputException>(() => new LmosPlanner(without)).Message);
    }
}
