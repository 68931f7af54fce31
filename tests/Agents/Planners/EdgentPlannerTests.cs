using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Agents.Planners;

public sealed class EdgentPlannerTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(32)]
    [InlineData(8)]
    public void ItIsTheDeepestExitThenTheWidestNumbersThenTheFastestSplitThatMeetsTheDeadline(int? bits)
    {
        var rng = new Rng(2);
        int met = 0, missed = 0, shallower = 0;
        for (var world = 0ul; world < 40; world++)
        {
            var model = RandomWorld.Model(world);
            var planner = new EdgentPlanner(model, bits);
            for (var round = 0; round < 20; round++)
            {
                var o = RandomWorld.Observation(ref rng);
                o.Deadline /= 4;
                var mask = RandomWorld.Mask(model.Table.Plans, ref rng, 0.8);
                OffloadPlan Of(int p) => model.Table.Plans[p];
                double Latency(int p) => SplitChain.Latency(model.Table, p, o);
                int[] own = [.. Enumerable.Range(0, model.Count).Where(p => mask[p] && Of(p) is { Probe: false, Kind: not PlanKind.Drop } plan
                    && (bits is null || plan.Bits == 0 || plan.Bits == bits))];
                int[] inTime = [.. own.Where(p => Latency(p) <= o.Deadline)];
                var decided = planner.Decide(o, mask);
                if (own.Length == 0)
                    Assert.Equal(PlanKind.Drop, Of(decided).Kind);
                else if (inTime.Length == 0)
                    Assert.Equal(own.Min(Latency), Latency(decided));
                else
                    Assert.Equal(inTime.OrderByDescending(p => Of(p).Exit).ThenByDescending(p => Of(p).Bits == 0 || bits is not null ? 32 : Of(p).Bits).ThenBy(Latency).First(), decided);
                met += inTime.Length > 0 ? 1 : 0;
                missed += inTime.Length == 0 ? 1 : 0;
                shallower += inTime.Length > 0 && Of(decided).Exit < model.Table.Profile.Exits.Count - 1 ? 1 : 0;
            }
        }
        Assert.True(met > 100 && missed > 20 && shallower > 20, $"{met} met, {missed} missed, {shallower} at a shallower exit");
    }

    [Fact]
    public void ChoosingTheWidthNeverGivesAShallowerExit()
    {
        var rng = new Rng(3);
        for (var world = 0ul; world < 40; world++)
        {
            var model = RandomWorld.Model(world);
            var mask = RandomWorld.AllAllowed(model.Table.Plans);
            IPolicy any = new EdgentPlanner(model, null), published = new EdgentPlanner(model);
            for (var round = 0; round < 10; round++)
            {
                var o = RandomWorld.Observation(ref rng);
                var plan = published.Decide(o, mask);
                if (SplitChain.Latency(model.Table, plan, o) <= o.Deadline)
                    Assert.True(model.Table.Plans[any.Decide(o, mask)].Exit >= model.Table.Plans[plan].Exit);
            }
        }
    }

    [Fact]
    public void AWidthThatTheTableLacksIsRefused() =>
        Assert.Contains("allowed: 4, 8, 32", Assert.Throws<InputException>(() => new EdgentPlanner(RandomWorld.Small(), 7)).Message);
}
