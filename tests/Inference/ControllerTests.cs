using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;
using RlOffload.Inference;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Policies;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Inference;

public class ControllerTests
{
    public static TheoryData<string> Scenarios => ["plain", "modem", "hot", "loaded", "slow link", "short deadlines", "confident", "confident, short deadlines"];

    [Theory, MemberData(nameof(Scenarios))]
    public void InAWorldAsTheSimulatorThinksItEveryDecisionAndOutcomeIsTheSimulators(string name)
    {
        var scenario = Of(name);
        var model = name.StartsWith("confident", StringComparison.Ordinal) ? GatedWorld.Model(scenario) : TestWorld.Model(scenario);
        var links = name == "slow link" ? TestWorld.Constant(1e5) : TestWorld.Varying();
        var environment = new OffloadEnvironment(model, links, 11);
        var policy = new Mixed(model);
        for (var window = 0; window < 4; window++)
        {
            var expected = new Outcome[scenario.Requests];
            var rates = new double[scenario.Requests];
            environment.Reset(window);
            while (!environment.Truncated)
            {
                rates[environment.Observation.Request] = environment.Observation.Rate;
                environment.Step(policy.Decide(environment.Observation, environment.Mask));
                foreach (var outcome in environment.Delivered)
                    expected[outcome.Request] = outcome;
            }

            var draw = new WindowDraw(scenario, links, 11, model.Table.Images);
            draw.Draw(window);
            using var world = new VirtualWorld(model, draw, policy);
            world.Play();

            Assert.Equal(scenario.Requests, world.Ended.Count);
            foreach (var (outcome, _, plan, rate) in world.Ended)
            {
                var e = expected[outcome.Request];
                Assert.Equal((e.Plan, e.Kind, e.Exit), (outcome.Plan, outcome.Kind, outcome.Exit));
                Assert.Equal(rates[outcome.Request], rate, rates[outcome.Request] * 5e-4);
                Close(e.Latency, outcome.Latency);
                Close(e.Reward, outcome.Reward);
                Close(e.Energy, outcome.Energy);
                Close(e.BytesSent, outcome.BytesSent, 2);
                Close(e.DeviceWait, outcome.DeviceWait);
                Close(e.Device, outcome.Device);
                Close(e.UplinkWait, outcome.UplinkWait);
                Close(e.Uplink, outcome.Uplink);
                if (outcome.Kind == OutcomeKind.Answered && (plan.Kind is PlanKind.Split or PlanKind.Remote) && outcome.Exit == plan.Exit)
                    Close(e.Server, outcome.Server);
            }
            Close(environment.TotalEnergy, world.Controller.Energy, 1e-3);
        }
    }

    [Theory, MemberData(nameof(Scenarios))]
    public void WhereTheSameTakesOverAgainAndAgainNothingIsOtherwise(string name)
    {
        var scenario = Of(name);
        CostModel Model() => name.StartsWith("confident", StringComparison.Ordinal) ? GatedWorld.Model(scenario) : TestWorld.Model(scenario);
        var model = Model();
        VirtualWorld Play(int swaps)
        {
            var draw = new WindowDraw(scenario, name == "slow link" ? TestWorld.Constant(1e5) : TestWorld.Varying(), 11, model.Table.Images);
            draw.Draw(1);
            using var world = new VirtualWorld(model, draw, new Mixed(model));
            for (var i = 1; i <= swaps; i++)
            {
                var next = Model();
                world.SwapAt(draw.ArrivalTimes[3 * i] + 0.01 * (i % 7), $"swap {i}", next, new Mixed(next), network: i % 2 == 0);
            }
            world.Play();
            return world;
        }
        var (still, swapped) = (Play(0), Play(18));
        Assert.Equal(19, swapped.Deciders.Values.Distinct().Count());
        Assert.Equal(still.Ended.Select(e => (e.Outcome.Request, e.Outcome.Kind, e.Outcome.Exit, e.Reason, e.Plan)), swapped.Ended.Select(e => (e.Outcome.Request, e.Outcome.Kind, e.Outcome.Exit, e.Reason, e.Plan)));
        // A swap wakes the loop at its time, which clocks round.
        foreach (var (e, a) in still.Ended.Zip(swapped.Ended))
        {
            Close(e.Outcome.Reward, a.Outcome.Reward);
            Close(e.Outcome.Latency, a.Outcome.Latency);
            Close(e.Outcome.Energy, a.Outcome.Energy);
            Close(e.Outcome.DeviceWait, a.Outcome.DeviceWait);
            Close(e.Outcome.UplinkWait, a.Outcome.UplinkWait);
            Assert.Equal(e.Rate, a.Rate, e.Rate * 1e-5);
        }
        Close(still.Controller.Energy, swapped.Controller.Energy, 1e-4);
    }

    [Fact]
    public void WhenOtherPlansOfAnotherNetworkTakeOverEveryRequestIsAnsweredOnceByThoseItWasDecidedWith()
    {
        var (first, other) = (TestWorld.Model(), GatedWorld.Model(TestWorld.Scenario));
        var draw = new WindowDraw(first.Scenario, TestWorld.Varying(), 3, other.Table.Images);
        draw.Draw(0);
        using var world = new VirtualWorld(first, draw, new Mixed(first));
        double[] swaps = [draw.ArrivalTimes[20] + 0.02, draw.ArrivalTimes[40] + 0.02];
        world.SwapAt(swaps[0], "second", other, new Mixed(other), network: true);
        world.SwapAt(swaps[1], "third", first, new Mixed(first), network: true);
        world.Play();

        Assert.Equal(Enumerable.Range(0, first.Scenario.Requests), world.Ended.Select(e => e.Outcome.Request).Order());
        Assert.All(world.Deciders, d => Assert.Equal(draw.ArrivalTimes[d.Key] < swaps[0] ? "first" : draw.ArrivalTimes[d.Key] < swaps[1] ? "second" : "third", d.Value));
        Assert.All(world.Ended, e => Assert.Contains(e.Plan, (world.Deciders[e.Outcome.Request] == "second" ? other : first).Table.Plans.Plans));
        Assert.Equal(0, world.Controller.PolicyFailures);
        // What took over knows how busy the device still is with what was planned before.
        Assert.Contains(world.Ended, e => e.Outcome.DeviceWait > 0 && world.Deciders[e.Outcome.Request] == "second");
    }

    [Fact]
    public void AServerThatIsGoneIsAskedAgainAndAgainByOneRequestAndTheDeviceAnswersTheOthers()
    {
        var model = TestWorld.Model();
        var draw = new WindowDraw(model.Scenario, TestWorld.Varying(), 3);
        draw.Draw(0);
        var tried = 0;
        var breaker = new Breaker(new BreakerOptions(), new Rng(2));
        using var world = new VirtualWorld(model, draw, new Mixed(model), _ => ++tried > 0, breaker);
        world.Play();

        Assert.Equal(model.Scenario.Requests, world.Ended.Count);
        var counts = breaker.Counts(world.Ended.Max(e => e.Outcome.Latency));
        Assert.Equal(tried, counts.Opened);
        Assert.Equal(tried - 1, counts.Trials);
        Assert.True(counts.KeptLocal > 0, $"{counts}");
        var remote = world.Ended.Count(e => e.Plan.Kind is PlanKind.Split or PlanKind.Remote);
        Assert.Equal(remote, tried + counts.NotSent);
        Assert.Equal(counts.NotSent, world.Ended.Count(e => e.Reason == Reason.CircuitOpen));
    }

    [Fact]
    public void APlanThatIsNotPreparedIsNotChosen()
    {
        var model = TestWorld.Model();
        var draw = new WindowDraw(model.Scenario, TestWorld.Varying(), 3);
        draw.Draw(0);
        bool[] ready = [.. Enumerable.Range(0, model.Count).Select(p => p % 3 == 0)];
        using var world = new VirtualWorld(model, draw, new Mixed(model), ready: ready);
        world.Play();
        Assert.All(world.Ended, e => Assert.True(ready[model.Table.Plans.IndexOf(e.Plan)]));
    }

    [Fact]
    public void WhateverThePolicyDoesTheRequestsAreAnswered()
    {
        var model = TestWorld.Model();
        var draw = new WindowDraw(model.Scenario, TestWorld.Varying(), 3);
        draw.Draw(0);
        using var world = new VirtualWorld(model, draw, new Mad());
        world.Play();
        Assert.Equal(model.Scenario.Requests, world.Ended.Count);
        Assert.Equal(model.Scenario.Requests, world.Controller.PolicyFailures);
        Assert.Contains(world.Ended, e => e.Outcome.Kind == OutcomeKind.Answered);
    }

    [Fact]
    public void WhereTheServerRefusesTheDeviceAnswersAtOnceWithTheBestBranchThatFits()
    {
        var model = TestWorld.Model();
        var draw = new WindowDraw(model.Scenario, TestWorld.Varying(), 3);
        draw.Draw(0);
        using var world = new VirtualWorld(model, draw, new Mixed(model), _ => true);
        world.Play();

        Assert.Equal(model.Scenario.Requests, world.Ended.Count);
        var sent = world.Ended.Where(e => e.Plan.Kind is PlanKind.Split or PlanKind.Remote).ToList();
        Assert.DoesNotContain(sent, e => e.Outcome.Kind == OutcomeKind.Answered);
        Assert.Contains(sent, e => e.Outcome.Kind == OutcomeKind.Fallback && e.Reason == Reason.Unreachable);
        // Nothing was sent, so the link is not believed to be slow.
        Assert.All(sent, e => Assert.Equal(0, e.Outcome.BytesSent));
        Assert.All(world.Ended, e => Assert.True(e.Rate >= 0.9 * model.Scenario.Uplink.PriorBitsPerSecond));
        // At once: not only when the deadline leaves no other choice.
        Assert.Contains(sent, e => e.Outcome.Kind == OutcomeKind.Fallback && e.Outcome.Latency < 0.8 * e.Outcome.Deadline);
    }

    [Fact]
    public void ADecisionAndItsBookKeepingAllocateNothing()
    {
        var model = TestWorld.Model();
        using var mailbox = new Mailbox(new RunClock(new ManualTime()));
        using var pool = new FlightPool(() => new Flight(null, 0));
        var idle = new Idle();
        var controller = new Controller(new Deployment(model, new Mixed(model), idle, idle, pool), mailbox, 0, _ => { });
        FillImage nothing = (_, _) => { };
        void Request(double now)
        {
            controller.Submit(0, 0.5, nothing);
            controller.Pump(now);
        }
        for (var i = 0; i < 300; i++)
            Request(i);
        _ = controller.Swap(new Deployment(TestWorld.Model(), new Mixed(model), idle, idle, pool));
        Request(300);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 301; i < 400; i++)
            Request(i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Scenario Of(string name)
    {
        var s = TestWorld.Scenario;
        return name switch
        {
            "modem" => s with { Uplink = s.Uplink with { Observe = RateKnowledge.Modem } },
            "hot" => s with { Device = s.Device with { Heat = new HeatSpec(TimeConstant: 5, From: 0.2, To: 0.6) } },
            "loaded" => s with { Server = new ServerSpec(TimeFactor: 3, Loads: [1, 4, 15], LoadDwellSeconds: 2) },
            "short deadlines" or "confident, short deadlines" => s with { Deadlines = new DeadlineSpec(0.35, 0.7) },
            _ => s,
        };
    }

    private static void Close(double expected, double actual, double tolerance = 2e-5) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"expected {expected}, was {actual}");

    /// <summary>Greedy three times of four, else the plan whose turn it is, so that bad plans and probes are met too.</summary>
    private sealed class Mixed(CostModel model) : IPolicy
    {
        public string Name => "mixed";

        public void Begin(int window) { }

        public int Decide(Observation observation, ReadOnlySpan<bool> mask)
        {
            var turn = observation.Request * 7 % mask.Length;
            return observation.Request % 4 == 0 && mask[turn] ? turn : GreedyFallback.Decide(model, observation, mask);
        }
    }

    private sealed class Idle : IDevice, IRemote
    {
        public void ComputeHead(Flight flight, double begun, double seconds) => flight.Release();

        public void ComputeBranch(Flight flight, int exit, double begun, double seconds) => flight.Release();

        public void Stop(Flight flight) { }

        public void Send(Flight flight) => flight.Release();

        public void SendProbe(int request) { }

        public void Ping(int number) { }

        public void Stop(int request, bool probe) { }

        public double Carried(double now) => 0;

        public double BytesBetween(double from, double to) => 0;
    }

    private sealed class Mad : IPolicy
    {
        private int _calls;

        public string Name => "mad";

        public void Begin(int window)
        {
        }

        public int Decide(Observation observation, ReadOnlySpan<bool> mask) => (_calls++ % 3) switch
        {
            0 => throw new InvalidOperationException("mad"),
            1 => -7,
            _ => mask.Length,
        };
    }
}
