using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners;

/// <summary>What holds for every planner.</summary>
public sealed class PlannerCatalogueTests
{
    public static TheoryData<string> Names =>
        [.. Everywhere.Select(p => p.Name), .. Everywhere.Where(p => p.TakesBits).Select(p => p.Name + "@8")];

    /// <summary>Those that could run on a device.</summary>
    public static TheoryData<string> Causal =>
        [.. Everywhere.Where(p => !p.IsDiagnostic).Select(p => p.Name), .. Everywhere.Where(p => p.TakesBits).Select(p => p.Name + "@8")];

    /// <summary>Those that play with any profile; the tests of the others are theirs.</summary>
    private static IEnumerable<PlannerEntry> Everywhere => PlannerCatalogue.All.Where(p => !p.NeedsImages);

    private static PlannerSetup Setup(CostModel model) => RandomWorld.Setup(model) with { TrainingWindows = [0], Candidates = [.. RandomWorld.Setup(model).Candidates.Where((_, i) => i % 2 == 0)] };

    private static readonly CostModel Heat = RandomWorld.Small(TestWorld.Scenario with
    {
        Device = TestWorld.Scenario.Device with { Heat = new HeatSpec(TimeConstant: 5), Clocks = TestWorld.Clocks },
        Server = TestWorld.Scenario.Server with { Loads = [1, 4, 15], LoadDwellSeconds = 3 },
    });

    [Theory, MemberData(nameof(Names))]
    public void ItKeepsItsNameAndPlaysAWindowTheSameWayTwice(string name)
    {
        var setup = Setup(Heat);
        var policy = PlannerCatalogue.Create(name, setup);
        Assert.Equal(name, policy.Name);
        Assert.True(PlannerCatalogue.Knows(name));
        var environment = setup.Training();
        var first = Rollout.Play(environment, policy, 3);
        Rollout.Play(environment, policy, 4);
        Assert.Equal(first, Rollout.Play(environment, policy, 3));
        Assert.Equal(first, Rollout.Play(environment, PlannerCatalogue.Create(name, setup), 3));
    }

    [Theory, MemberData(nameof(Causal))]
    public void WhateverIsObservedAndMaskedItsPlanIsAllowed(string name)
    {
        var rng = new Rng(17);
        double[] hostile = [0, double.NaN, double.PositiveInfinity, double.Epsilon, double.MaxValue];
        for (var world = 0ul; world < 3; world++)
        {
            var model = RandomWorld.Model(world);
            var policy = PlannerCatalogue.Create(name, Setup(model));
            policy.Begin(0);
            for (var round = 0; round < 200; round++)
            {
                var o = RandomWorld.Observation(ref rng);
                if (round % 2 == 1)
                {
                    double Any() => hostile[rng.NextInt(hostile.Length)];
                    (o.Rate, o.Deadline, o.Rtt, o.ServerLoad, o.Slowdown) = (Any(), Any(), Any(), Any(), Any());
                    (o.DeviceBacklog, o.UplinkBacklogBytes, o.PendingBytes) = (Any(), Any(), Any());
                }
                var mask = RandomWorld.Mask(model.Table.Plans, ref rng, round % 5 / 4.0);
                Assert.True(mask[policy.Decide(o, mask)]);
            }
        }
    }

    [Theory, MemberData(nameof(Causal))]
    public void AfterBeginTheSameRequestsAreDecidedTheSameWay(string name)
    {
        for (var world = 0ul; world < 5; world++)
        {
            var model = RandomWorld.Model(world);
            var policy = PlannerCatalogue.Create(name, Setup(model));
            int[] Decisions()
            {
                var rng = new Rng(world);
                policy.Begin(3);
                return [.. Enumerable.Range(0, 30).Select(i =>
                {
                    var o = RandomWorld.Observation(ref rng);
                    o.Request = i;
                    return policy.Decide(o, RandomWorld.Mask(model.Table.Plans, ref rng, 0.7));
                })];
            }
            Assert.Equal(Decisions(), Decisions());
        }
    }

    [Theory, MemberData(nameof(Causal))]
    public void ADecisionAllocatesNothing(string name)
    {
        var rng = new Rng(1);
        var policy = PlannerCatalogue.Create(name, Setup(Heat));
        var mask = RandomWorld.AllAllowed(Heat.Table.Plans);
        Observation[] seen = [.. Enumerable.Range(0, 50).Select(_ => RandomWorld.Observation(ref rng))];
        foreach (var o in seen)
            policy.Decide(o, mask);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var o in seen)
            policy.Decide(o, mask);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory, MemberData(nameof(Causal))]
    public void TheFutureOfTheLinkChangesNoDecisionBeforeIt(string name)
    {
        const int change = 4;
        double[] starts = [.. Enumerable.Range(0, 60).Select(s => (double)s)];
        double[] Rates(double later) => [.. starts.Select(s => s < change ? 3e5 * (1 + s % 3) : later)];
        var setup = Setup(Heat);
        List<int> Decisions(double later, out int early)
        {
            var links = TestWorld.Traces(RttModel.Constant(40), LinkTrace.FromSamples("t", starts, Rates(later), 60));
            var environment = new OffloadEnvironment(Heat, links, TestWorld.Seed);
            var policy = PlannerCatalogue.Create(name, setup);
            var plans = new List<int>();
            early = 0;
            environment.Reset(1);
            policy.Begin(1);
            while (!environment.Truncated)
            {
                early += environment.Observation.Now <= change ? 1 : 0;
                plans.Add(policy.Decide(environment.Observation, environment.Mask));
                environment.Step(plans[^1]);
            }
            return plans;
        }
        var slow = Decisions(2e4, out var before);
        var fast = Decisions(2e7, out var also);
        Assert.InRange(before, 10, slow.Count - 5);
        Assert.Equal(before, also);
        Assert.Equal(slow[..before], fast[..before]);
    }

    private sealed class RarelySends(int sends, int stays) : IPolicy
    {
        public string Name => "rarely sends";

        public void Begin(int window) { }

        public int Decide(Observation observation, ReadOnlySpan<bool> mask) => observation.Request % 20 == 0 ? sends : stays;
    }

    /// <summary>Pairs that decide alike in these worlds, and why.</summary>
    private static readonly Dictionary<(string, string), string> Alike = new()
    {
        [("dads", "cic")] = "the same smallest cuts, found on a smaller graph: CicPlannerTests",
    };

    [Fact]
    public void NoTwoNamesShareAllDecisions()
    {
        // The first expects a slow link, so that it may pay to look; in the next two more than one split is worth playing; the last two know how sure each exit is of each image.
        var slow = Heat.Scenario with { Uplink = Heat.Scenario.Uplink with { PriorBitsPerSecond = 1e5 } };
        CostModel[] models = [RandomWorld.Model(6, slow), RandomWorld.Model(1), RandomWorld.Model(10), BanditWorld.Model(), BanditWorld.Model(BanditWorld.Unhurried)];
        var decisions = models.Select(Record).ToArray();
        var names = PlannerCatalogue.All.Select(p => p.Name).ToArray();
        var pairs = Enumerable.Range(0, names.Length).SelectMany(a => Enumerable.Range(0, a).Select(b => (B: names[b], A: names[a])));
        Assert.Equal(Alike.Keys.Order(), pairs.Where(p => decisions.All(d =>
            !d.TryGetValue(p.A, out var first) || !d.TryGetValue(p.B, out var second) || first.SequenceEqual(second))).Order());
    }

    /// <summary>What each planner that this profile is enough for decides.</summary>
    private static Dictionary<string, List<int>> Record(CostModel model)
    {
        var setup = RandomWorld.Setup(model) with { TrainingWindows = [0, 1] };
        var names = (model.Table.Profile.Outcomes is null ? Everywhere : PlannerCatalogue.All).Select(p => p.Name);
        var policies = names.Select(n => PlannerCatalogue.Create(n, setup)).ToArray();
        var decisions = policies.ToDictionary(p => p.Name, _ => new List<int>());
        var environment = setup.Training();
        // One that brings the device into all kinds of states, and one that rarely looks at the link.
        IPolicy[] drivers = [new RandomPolicy(4), new RarelySends(RandomWorld.Plan(model, "remote@1"), RandomWorld.Plan(model, "local@1"))];
        foreach (var window in new[] { 5, 6, 7, 9 })
        {
            var driver = drivers[window % 2];
            Rollout.Begin(environment, driver, window);
            foreach (var policy in policies)
            {
                (policy as IForesight)?.Foresee(environment);
                policy.Begin(window);
            }
            while (!environment.Truncated)
            {
                foreach (var policy in policies)
                    decisions[policy.Name].Add(policy.Decide(environment.Observation, environment.Mask));
                environment.Step(driver.Decide(environment.Observation, environment.Mask));
                foreach (ref readonly var outcome in environment.Delivered)
                    foreach (var policy in policies)
                        (policy as IOutcomeSink)?.Deliver(outcome);
            }
        }
        return decisions;
    }

    [Fact]
    public void AnUnknownNameIsRefusedWithAllNames()
    {
        var error = Assert.Throws<InputException>(() => PlannerCatalogue.Create("lmoss", Setup(Heat)));
        Assert.Contains("lmoss", error.Message);
        Assert.All(PlannerCatalogue.All, p => Assert.Contains(p.Name, error.Message));
        Assert.False(PlannerCatalogue.Knows("lmoss"));
    }

    [Theory]
    [InlineData("lmos@7")]
    [InlineData("lmos@")]
    [InlineData("lmos@eight")]
    [InlineData("lmos@8@8")]
    [InlineData("loa@+8")]
    public void AWidthThatTheTableLacksIsRefusedWithThoseItHas(string name) =>
        Assert.Contains("allowed: 4, 8, 32", Assert.Throws<InputException>(() => PlannerCatalogue.Create(name, Setup(Heat))).Message);

    [Fact]
    public void APlannerThatChoosesTheWidthTakesNone() =>
        Assert.Contains("lmos", Assert.Throws<InputException>(() => PlannerCatalogue.Create("greedy@8", Setup(Heat))).Message);
}
