using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Agents.Planners.Lookahead;

public sealed class LookaheadSearchTests
{
    [Fact]
    public void WithoutAFutureItIsGreedy()
    {
        var rng = new Rng(31);
        var model = RandomWorld.Small();
        int[] candidates = [.. RandomWorld.Setup(model).Candidates.Where(p => !model.Table.Plans[p].Probe)];
        var search = new LookaheadSearch(model, candidates, 1);
        for (var round = 0; round < 300; round++)
        {
            var o = RandomWorld.Observation(ref rng);
            // Where nothing is late by a little: it keeps a margin, and does not count on branches for a busy device.
            (o.PendingBytes, o.Rtt, o.Deadline) = (0, 0, 5);
            var mask = RandomWorld.Mask(model.Table.Plans, ref rng, 0.7);
            Prepare(search, o, 1);
            var plan = search.FirstPlan(o, mask, default);
            Assert.Equal(model.Predict(new GreedyPlanner(model, candidates).Decide(o, mask), o).Reward, model.Predict(plan, o).Reward, 9);
        }
    }

    /// <summary>With two plans a beam of eight loses no course of four requests.</summary>
    [Fact]
    public void TheFirstPlanIsThatOfTheBestOfAllCourses()
    {
        var rng = new Rng(32);
        var model = RandomWorld.Small();
        var prices = new StationPrices(0.4, 0.2);
        var everything = RandomWorld.AllAllowed(model.Table.Plans);
        int[] sensible = [.. RandomWorld.Setup(model).Candidates.Where(p => !model.Table.Plans[p].Probe)];
        for (var round = 0; round < 300; round++)
        {
            var o = RandomWorld.Observation(ref rng);
            int[] two = [sensible[rng.NextInt(sensible.Length)], sensible[rng.NextInt(sensible.Length)]];
            var search = new LookaheadSearch(model, two, 4);
            search.Forget();
            Prepare(search, o, 0.05 + 0.3 * rng.NextDouble());
            double Best(int first) => Enumerable.Range(0, 8).Max(rest => Value(search, o, prices, model, [first, two[rest & 1], two[rest >> 1 & 1], two[rest >> 2]]));
            Assert.Equal(Math.Max(Best(two[0]), Best(two[1])), Best(search.FirstPlan(o, everything, prices)), 12);
        }
    }

    [Fact]
    public void AMaskCountsForThePresentRequestOnlyAndNothingAllowedIsNoPlan()
    {
        var rng = new Rng(33);
        var model = RandomWorld.Small();
        var search = new LookaheadSearch(model, RandomWorld.Setup(model).Candidates, 3);
        var o = RandomWorld.Observation(ref rng);
        Prepare(search, o, 0.2);
        var mask = new bool[model.Count];
        Assert.Equal(-1, search.FirstPlan(o, mask, default));
        var drop = RandomWorld.Plan(model, "drop");
        mask[drop] = true;
        Assert.Equal(drop, search.FirstPlan(o, mask, default));
    }

    private static void Prepare(LookaheadSearch search, Observation o, double gap)
    {
        search.Link.Expect(o.Rate);
        search.Deadlines.Fill(0.6);
        search.Deadlines[0] = o.Deadline;
        for (var i = 0; i < search.Arrivals.Length; i++)
            search.Arrivals[i] = i * gap;
    }

    private static double Value(LookaheadSearch search, Observation o, StationPrices prices, CostModel model, int[] course)
    {
        var queues = StationQueues.Of(o, search.Link, Promise.None);
        var reward = 0.0;
        for (var i = 0; i < course.Length; i++)
            reward += queues.Serve(model, course[i], search.Arrivals[i], search.Deadlines[i], o, 2 * o.Rtt, search.Link);
        var end = search.Arrivals[course.Length];
        return reward - prices.Device * Math.Max(0, queues.DeviceFree - end) - prices.Uplink * Math.Max(0, queues.UplinkFree(search.Link) - end);
    }
}
