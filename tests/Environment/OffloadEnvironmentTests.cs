using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment;

public sealed class OffloadEnvironmentTests
{
    private static Scenario Rich => TestWorld.Scenario with
    {
        Device = TestWorld.Scenario.Device with { IdleWatts = 0.3, Heat = new HeatSpec(TimeConstant: 5) },
        Server = new ServerSpec(Loads: [1, 4, 15], LoadDwellSeconds: 2),
        Radio = new RadioSpec(TailWatts: 0.5, TailSeconds: 0.3),
        Budgets = new BudgetSpec(0.4, 0.05, 0.2),
    };

    private static ILinks Jittery => new TraceLinks(((TraceLinks)TestWorld.Varying()).All, RttModel.ShiftedLognormal(10, 3.4, 0.4), "jittery");

    [Fact]
    public void EveryRequestGetsExactlyOneOutcomeAndTheSumsAgree()
    {
        var environment = TestWorld.Environment(Rich, Jittery);
        for (var window = 0; window < 40; window++)
        {
            var outcomes = environment.Play(window, new RandomPolicy((ulong)window));
            Assert.Equal(Enumerable.Range(0, Rich.Requests), outcomes.Select(o => o.Request).Order());
            Assert.Equal(outcomes.Sum(o => o.Reward), environment.TotalReward, 9);
            foreach (var o in outcomes)
            {
                Assert.Equal(environment.Model.Reward(o.InTime, o.Accuracy, o.Latency, o.Deadline), o.Reward, 12);
                Assert.InRange(o.Latency, 0, o.Deadline);
                var parts = o.DeviceWait + o.Device + o.UplinkWait + o.Uplink + o.Server;
                if (o.Kind == OutcomeKind.Answered && environment.Model.Table.Plans[o.Plan].Kind is PlanKind.Split or PlanKind.Remote)
                    parts += o.RoundTrip;
                // What is left is waiting for the server, or for the branch to be due.
                Assert.True(parts <= o.Latency + 1e-9 || o.Kind is OutcomeKind.Missed or OutcomeKind.Dropped, $"{o}");
                if (o.Kind == OutcomeKind.Dropped)
                    Assert.Equal(0, o.Energy + o.BytesSent + parts);
            }
        }
    }

    [Fact]
    public void StationsWorkNoLongerThanThereIsTimeAndTheLinkCarriesNoMoreThanItCan()
    {
        var environment = TestWorld.Environment(Rich, Jittery, probe: false);
        for (var window = 0; window < 20; window++)
        {
            var outcomes = environment.Play(window, new RandomPolicy(3));
            var end = environment.Stations.Now;
            Assert.True(outcomes.Sum(o => o.Device) <= end + 1e-9);
            Assert.True(outcomes.Sum(o => o.Uplink) <= end + 1e-9);
            Assert.True(outcomes.Sum(o => o.Server) <= end + 1e-9);
            Assert.True(outcomes.Sum(o => o.BytesSent) <= environment.Draw.BytesBetween(0, end) + 1e-6);
            Assert.Equal(outcomes.Sum(o => o.BytesSent), environment.TotalBytesSent, 6);
        }
    }

    [Fact]
    public void EnergyClosesOverWorkProbesTailsAndIdling()
    {
        var radio = new RadioSpec(2, 0.5);
        var scenario = Rich with { Radio = radio };
        var environment = TestWorld.Environment(scenario, Jittery, probe: false);
        for (var window = 0; window < 10; window++)
        {
            var outcomes = environment.Play(window, new RandomPolicy(5));
            Assert.Equal(outcomes.Sum(o => o.Energy) + 0.3 * environment.Stations.Now, environment.TotalEnergy, 9);
            foreach (var o in outcomes)
                Assert.Equal(3 * o.Device + 2 * o.Uplink + 0.5 * 8e-6 * o.BytesSent, o.Energy, 9);
        }

        // Probes belong to no request's work: what they cost is in the totals alone.
        var probing = TestWorld.Environment(TestWorld.Scenario with { Radio = radio }, TestWorld.Constant());
        probing.Reset(0);
        double own = 0;
        while (!probing.Truncated)
        {
            probing.Step(TestWorld.Plan(probing, "local@1+probe"));
            own += probing.Delivered.ToArray().Sum(o => o.Energy);
        }
        Assert.Equal(own + probing.TotalBytesSent * 8e-6 * (2 + 0.5), probing.TotalEnergy, 6);
        Assert.True(probing.TotalBytesSent > 0);
    }

    [Fact]
    public void StepsReportWhatBecameKnownAndAddUp()
    {
        var environment = TestWorld.Environment(Rich, Jittery);
        environment.Reset(2);
        double reward = 0, energy = environment.TotalEnergy; // it idled until the first request
        var policy = new RandomPolicy(9);
        policy.Begin(2);
        while (!environment.Truncated)
        {
            var result = environment.Step(policy.Decide(environment.Observation, environment.Mask));
            var known = environment.Delivered.ToArray();
            Assert.Equal(known.Sum(o => o.Reward), result.Reward, 9);
            Assert.Equal(known.Count(o => !o.InTime), result.Misses);
            Assert.Equal(known.Sum(o => 0.9 - o.Accuracy), result.AccuracyShortfall, 9);
            Assert.True(result.Energy >= 0);
            reward += result.Reward;
            energy += result.Energy;
            Assert.Equal(environment.Truncated, result.Truncated);
        }
        Assert.Equal(environment.TotalReward, reward, 9);
        Assert.Equal(environment.TotalEnergy, energy, 9);
    }

    [Fact]
    public void TheWindowEndsByTruncationAtTheArrivalThatWouldHaveComeNextWithAllWorkDrained()
    {
        var environment = TestWorld.Environment(links: TestWorld.Constant(2e5));
        environment.Reset(0);
        StepResult last = default;
        while (!environment.Truncated)
            last = environment.Step(TestWorld.Plan(environment, "remote@3"));
        Assert.True(last.Truncated);
        Assert.Equal(TestWorld.Scenario.Requests, environment.Observation.Request);
        Assert.Equal(environment.Draw.ArrivalTimes[^1], environment.Observation.Now);
        Assert.Contains(environment.Delivered.ToArray(), o => o.Request == TestWorld.Scenario.Requests - 1);
        Assert.Equal(0, environment.Stations.InFlight);
        Assert.Throws<InvalidOperationException>(() => environment.Step(0));
    }

    [Fact]
    public void AWindowIsTheSameWhateverWasPlayedBefore()
    {
        var fresh = TestWorld.Environment(Rich, Jittery);
        var used = TestWorld.Environment(Rich, Jittery);
        used.Play(1, new RandomPolicy(1));
        used.Reset(5);
        used.Step(TestWorld.Plan(used, "remote@3"));
        List<double[]> expected = [], seen = [];
        var outcomes = fresh.Play(3, new RandomPolicy(2), e => expected.Add(e.Observation.Numbers()));
        Assert.Equal(outcomes, used.Play(3, new RandomPolicy(2), e => seen.Add(e.Observation.Numbers())));
        Assert.Equal(expected, seen);
    }

    [Fact]
    public void PlansNeverShiftEachOthersLuck()
    {
        var one = TestWorld.Environment(Rich, Jittery);
        var other = TestWorld.Environment(Rich, Jittery);
        List<(double, double)> first = [], second = [];
        var a = one.Play(4, new RandomPolicy(1), e => first.Add((e.Observation.Now, e.Observation.Deadline)));
        var loads = Enumerable.Range(0, 300).Select(i => one.Draw.LoadAt(i * 0.1)).ToArray();
        var b = other.Play(4, new RandomPolicy(2), e => second.Add((e.Observation.Now, e.Observation.Deadline)));
        Assert.Equal(first, second);
        Assert.Equal(loads, Enumerable.Range(0, 300).Select(i => other.Draw.LoadAt(i * 0.1)));
        Assert.Equal(a.OrderBy(o => o.Request).Select(o => o.RoundTrip), b.OrderBy(o => o.Request).Select(o => o.RoundTrip));
        Assert.NotEqual(a.Select(o => o.Plan), b.Select(o => o.Plan));
    }

    [Fact]
    public void AnEmptyBatteryAllowsNothingButToDrop()
    {
        var device = TestWorld.Scenario.Device with { Battery = new BatterySpec(5, 2) };
        var environment = TestWorld.Environment(TestWorld.Scenario with { Device = device });
        var drop = TestWorld.Plan(environment, "drop");
        var empty = 0;
        environment.Reset(0);
        while (!environment.Truncated)
        {
            Assert.True(environment.Mask[drop]);
            if (environment.Observation.Battery == 0)
            {
                empty++;
                Assert.Equal(1, environment.Mask.Count(true));
                Assert.Throws<InvalidOperationException>(() => environment.Step(0));
                environment.Step(drop);
            }
            else
                environment.Step(TestWorld.Plan(environment, "local@3"));
        }
        Assert.InRange(empty, 40, 58);
        Assert.InRange(environment.TotalEnergy, 2, 3.8); // two requests may have been in the queue when it ran out
    }

    [Fact]
    public void PlansThatDoNotFitTheMemoryAreMasked()
    {
        var environment = TestWorld.Environment(TestWorld.Scenario with { Device = TestWorld.Scenario.Device with { MemoryBytes = 250_000 } });
        environment.Reset(0);
        for (var p = 0; p < environment.Actions; p++)
            Assert.Equal(environment.Model.Table[p].MemoryBytes <= 250_000, environment.Mask[p]);
        Assert.False(environment.Mask[TestWorld.Plan(environment, "local@3")]);
        Assert.True(environment.Mask[TestWorld.Plan(environment, "local@1+probe")]);
    }

    [Fact]
    public void AForkSharesTheWindowAndCannotBeResetOrMixedUp()
    {
        var environment = TestWorld.Environment();
        environment.Reset(0);
        var fork = environment.Fork();
        Assert.Throws<InvalidOperationException>(() => fork.Reset(1));
        Assert.Throws<InvalidOperationException>(() => fork.CopyFrom(TestWorld.Environment()));
    }

    public static TheoryData<RateKnowledge, BacklogKnowledge> Knowledge => new()
    {
        { RateKnowledge.Own, BacklogKnowledge.Accepted }, { RateKnowledge.Modem, BacklogKnowledge.Accepted }, { RateKnowledge.Own, BacklogKnowledge.Expected },
    };

    [Theory, MemberData(nameof(Knowledge))]
    public void NothingThatIsSeenDependsOnTheTraceToCome(RateKnowledge knowledge, BacklogKnowledge backlog)
    {
        var scenario = Rich with { Uplink = Rich.Uplink with { Observe = knowledge }, Device = Rich.Device with { Backlog = backlog } };
        var (running, different) = (0, 0);
        for (ulong seed = 0; seed < 12; seed++)
        {
            var starts = Enumerable.Range(0, 200).Select(i => i * 0.25).ToArray();
            var rng = new Rng(seed);
            var rates = starts.Select(_ => 5e4 * Math.Pow(40, rng.NextDouble())).ToArray();
            foreach (var t in new[] { 3.0, 7.25, 15.75 })
            {
                var other = rates.Select((r, i) => starts[i] >= t ? 5e4 * Math.Pow(40, rng.NextDouble()) : r).ToArray();
                var before = Record(scenario, t, new RandomPolicy(seed), TestWorld.Traces(RttModel.Constant(40), LinkTrace.FromSamples("a", starts, rates, 50)));
                var after = Record(scenario, t, new RandomPolicy(seed), TestWorld.Traces(RttModel.Constant(40), LinkTrace.FromSamples("a", starts, other, 50)));
                Assert.Equal(before.Seen, after.Seen);
                Assert.Equal(before.Known, after.Known);
                different += before.Total != after.Total ? 1 : 0;
                running += before.Running;
            }
        }
        // Or the test shows nothing: the change must matter later, and transfers must be under way when it comes.
        Assert.InRange(different, 20, 36);
        Assert.InRange(running, 10, 36);
    }

    [Fact]
    public void NothingThatIsSeenDependsOnArrivalsDeadlinesOrRoundTripsToCome()
    {
        for (ulong seed = 0; seed < 12; seed++)
        {
            var (asIs, changed) = (TestWorld.Environment(Rich, Jittery), TestWorld.Environment(Rich, Jittery));
            asIs.Reset(0);
            changed.Reset(0);
            var from = 20 + (int)seed;
            for (var i = from; i <= Rich.Requests; i++)
            {
                changed.Draw.ArrivalTimes[i] = changed.Draw.ArrivalTimes[i] * 1.5 + 3;
                changed.Draw.Deadlines[i] *= 0.7;
                changed.Draw.Rtts[i] *= 3;
            }
            var policy = new RandomPolicy(seed);
            policy.Begin(0);
            for (var i = 0; i < from - 1; i++)
            {
                Assert.Equal(asIs.Observation.Numbers(), changed.Observation.Numbers());
                var plan = policy.Decide(asIs.Observation, asIs.Mask);
                Assert.Equal(asIs.Step(plan), changed.Step(plan));
                Assert.Equal(asIs.Delivered, changed.Delivered);
            }
            Assert.Equal(asIs.Observation.Numbers(), changed.Observation.Numbers());
        }
    }

    [Fact]
    public void NothingThatIsSeenDependsOnTheServersLoadToCome()
    {
        for (ulong seed = 0; seed < 12; seed++)
        {
            var from = 6 + (int)seed;
            Scenario AsIs() => Rich with { Server = new ServerSpec(Loads: new Loads(int.MaxValue), LoadDwellSeconds: 0.7) };
            Scenario Changed() => Rich with { Server = new ServerSpec(Loads: new Loads(from), LoadDwellSeconds: 0.7) };
            var (a, b) = (TestWorld.Environment(AsIs(), Jittery), TestWorld.Environment(Changed(), Jittery));
            a.Reset(0);
            b.Reset(0);
            var t = 0.0;
            while (a.Draw.LoadAt(t) == b.Draw.LoadAt(t))
                t += 1e-3;
            Assert.InRange(t, 0.5, 30);
            Assert.Equal(Record(AsIs(), t - 1e-3, new RandomPolicy(seed), Jittery).Seen, Record(Changed(), t - 1e-3, new RandomPolicy(seed), Jittery).Seen);
        }
    }

    [Theory, InlineData(BacklogKnowledge.Accepted), InlineData(BacklogKnowledge.Expected)]
    public void ObservingAndSteppingAllocateNothing(BacklogKnowledge backlog)
    {
        var scenario = Rich with { Uplink = Rich.Uplink with { Observe = RateKnowledge.Modem }, Device = Rich.Device with { Backlog = backlog } };
        var environment = TestWorld.Environment(scenario, Jittery);
        var layout = new ObservationLayout(environment.Model);
        var vector = new float[layout.Size];
        var policy = new RandomPolicy(1);
        for (var window = 0; window < 3; window++)
            Play();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Play();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Play()
        {
            environment.Reset(0);
            policy.Begin(0);
            while (!environment.Truncated)
            {
                layout.Write(environment.Observation, vector);
                environment.Step(policy.Decide(environment.Observation, environment.Mask));
            }
        }
    }

    /// <summary>What is seen and known until <paramref name="t"/>, and how many transfers are then under way.</summary>
    private static (List<double[]> Seen, List<Outcome> Known, double Total, int Running) Record(Scenario scenario, double t, IPolicy policy, ILinks links)
    {
        var environment = TestWorld.Environment(scenario, links);
        var seen = new List<double[]>();
        var known = new List<Outcome>();
        var running = 0;
        environment.Play(0, policy, e =>
        {
            if (e.Observation.Now > t)
                return;
            seen.Add(e.Observation.Numbers());
            if (e.Observation.Request > 0)
                known.AddRange(e.Delivered);
            running = e.Observation.SendingFor > 0 ? 1 : 0;
        });
        Assert.True(seen.Count > 3);
        return (seen, known, environment.TotalReward, running);
    }

    /// <summary>Load levels that are others from the n-th draw on.</summary>
    private sealed class Loads(int from) : IReadOnlyList<double>
    {
        private int _drawn;

        public double this[int index] => _drawn++ < from ? 1 + index : 20 + index;
        public int Count => 3;
        public IEnumerator<double> GetEnumerator() => throw new NotSupportedException();
        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
