using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Agents.Planners;

public sealed class SmartSplitPlannerTests
{
    private static double[] Values(CostModel model, int p, Observation o)
    {
        var cost = model.Table[p];
        var head = model.DeviceEnergy(cost.DeviceSeconds * o.Slowdown);
        return [SplitChain.Latency(model.Table, p, o), cost.Bytes > 0 ? head + model.SendEnergy(cost.Bytes * 8 / o.Rate, cost.Bytes) : head, cost.MemoryBytes];
    }

    [Fact]
    public void ItsFrontIsTheExhaustiveOneAtTheMiddleOfItsBucketAndTopsisPicksFromIt()
    {
        var rng = new Rng(3);
        var played = new HashSet<int>();
        for (var world = 0ul; world < 20; world++)
        {
            var model = RandomWorld.Model(world);
            var planner = new SmartSplitPlanner(model, 1);
            var splits = new SplitChain(model.Table, 32).All;
            for (var round = 0; round < 10; round++)
            {
                // Middles of the buckets of a rate of a quarter of an octave, a round trip of half of one and factors of an eighth.
                var o = RandomWorld.Observation(ref rng);
                (o.Rate, o.Rtt) = (Math.Pow(2, 14 + rng.NextInt(40) / 4.0 + 0.125), Math.Pow(2, -rng.NextInt(12) / 2.0 - 2 + 0.25));
                (o.Slowdown, o.ServerLoad) = (Math.Pow(2, rng.NextInt(8) / 8.0 + 0.0625), Math.Pow(2, rng.NextInt(24) / 8.0 + 0.0625));
                int[] front = [.. splits.Where(p => !splits.Any(q => Nsga2.Dominates(Values(model, q, o), Values(model, p, o))))];
                Assert.Equal(front, planner.Front(o));
                var mask = RandomWorld.Mask(model.Table.Plans, ref rng, 0.9);
                int[] allowed = [.. front.Where(p => mask[p])];
                if (allowed.Length == 0)
                    allowed = [.. splits.Where(p => mask[p])];
                if (allowed.Length > 0)
                    Assert.Equal(allowed[Topsis.Choose([.. allowed.SelectMany(p => Values(model, p, o))], [1 / 3.0, 1 / 3.0, 1 / 3.0])], planner.Decide(o, mask));
                played.Add(planner.Decide(o, mask));
            }
        }
        Assert.True(played.Count > 5);
    }

    [Fact]
    public void TheOrderInWhichBucketsAreMetDoesNotMatter()
    {
        var model = RandomWorld.Model(3);
        var rng = new Rng(5);
        Observation[] seen = [.. Enumerable.Range(0, 60).Select(_ => RandomWorld.Observation(ref rng))];
        var mask = RandomWorld.AllAllowed(model.Table.Plans);
        int[] Decisions(IEnumerable<Observation> order)
        {
            var planner = new SmartSplitPlanner(model, 1);
            return [.. order.Select(o => planner.Decide(o, mask))];
        }
        Assert.Equal(Decisions(seen), Decisions(seen.Reverse()).Reverse());
    }
}
