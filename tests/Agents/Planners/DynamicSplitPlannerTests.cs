using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class DynamicSplitPlannerTests
{
    [Theory]
    [InlineData(32, "cut2@3/32b")]               // 25,000 bytes of input, 32,000 and 8,000 at the cuts
    [InlineData(8, "cut1@3/8b", "cut2@3/8b")]
    public void NaturalBottlenecksSendLessThanTheInputAsItIsReallySent(int bits, params string[] expected)
    {
        var model = RandomWorld.Small();
        Assert.Equal(expected, new DynamicSplitPlanner(model, bits).Bottlenecks.Select(p => model.Table.Plans[p].ToString()));
        var uncompressed = RandomWorld.Small(TestWorld.Scenario with { Uplink = TestWorld.Scenario.Uplink with { InputEncoding = "float32" } });
        Assert.Equal(2, new DynamicSplitPlanner(uncompressed, bits).Bottlenecks.Count);
    }

    [Fact]
    public void WhatIsNoBottleneckIsNeverPlayed()
    {
        var rng = new Rng(2);
        for (var world = 0ul; world < 40; world++)
        {
            var model = RandomWorld.Model(world);
            var planner = new DynamicSplitPlanner(model);
            for (var round = 0; round < 20; round++)
            {
                var plan = planner.Decide(RandomWorld.Observation(ref rng), RandomWorld.AllAllowed(model.Table.Plans));
                Assert.True(model.Table.Plans[plan].Kind != PlanKind.Split || planner.Bottlenecks.Contains(plan));
            }
        }
    }

    /// <summary>
    /// Played out, not predicted: single requests on links of constant rate that the device knows. Widely spaced requests of far deadlines queue behind nothing.
    /// The device is ten times slower than the server, so a cut that sends more than the input never pays.
    /// </summary>
    [Theory]
    [InlineData(32)]
    [InlineData(8)]
    public void WithAnUnlaggedRateItIsNeverSlowerThanAnyStaticSplit(int bits)
    {
        var rng = new Rng(8);
        var played = new HashSet<PlanKind>();
        for (var world = 0ul; world < 60; world++)
        {
            var rate = 3e4 * Math.Pow(1e3, rng.NextDouble());
            var model = RandomWorld.Model(world, TestWorld.Scenario with
            {
                Uplink = TestWorld.Scenario.Uplink with { PriorBitsPerSecond = rate },
                Arrivals = new ArrivalSpec(ArrivalKind.Periodic, MeanGap: 200),
                Deadlines = new DeadlineSpec(Median: 150),
                Requests = 3,
            });
            double Latency(IPolicy policy)
            {
                var outcomes = new OffloadEnvironment(model, TestWorld.Constant(rate), TestWorld.Seed).Play(0, policy);
                Assert.All(outcomes, o => Assert.Equal(OutcomeKind.Answered, o.Kind));
                played.UnionWith(policy is DynamicSplitPlanner ? outcomes.Select(o => model.Table.Plans[o.Plan].Kind) : []);
                return outcomes.Sum(o => o.Latency);
            }
            var dynamic = Latency(new DynamicSplitPlanner(model, bits));
            foreach (var split in new SplitChain(model.Table, bits).All)
                Assert.True(dynamic <= Latency(new FixedPolicy(model, split)) + 1e-9, $"world {world}: {model.Table.Plans[split]} is faster");
        }
        Assert.Equal(3, played.Count);
    }
}
