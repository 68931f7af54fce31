using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;
using RlOffload.Inference.Policies;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Inference;

/// <summary>Controller.Uplink.cs: a modem takes whatever is sent in at once, and only the server knows how long the link needed for it.</summary>
public class ControllerUplinkTests
{
    private static readonly Scenario Scenario = TestWorld.Scenario with { Deadlines = new DeadlineSpec(Median: 4, Spread: 0.1) };

    [Fact]
    public void BehindAModemOnASteadyLinkOutcomesAreThoseOfALinkThatIsSeen()
    {
        // The plans are the same whatever is known; only the first message may leave at another time, since nothing was told before.
        var (seen, behind) = (Play(TestWorld.Constant(), new InTurn(Scenario), modem: false), Play(TestWorld.Constant(), new InTurn(Scenario), modem: true));
        Assert.Equal(seen.Ended.Select(e => (e.Outcome.Request, e.Outcome.Plan, e.Outcome.Kind)), behind.Ended.Select(e => (e.Outcome.Request, e.Outcome.Plan, e.Outcome.Kind)));
        foreach (var (e, a) in seen.Ended.Zip(behind.Ended))
        {
            Assert.Equal(e.Outcome.Latency, a.Outcome.Latency, 1e-4);
            Assert.Equal(e.Outcome.Uplink, a.Outcome.Uplink, 1e-4);
            Assert.Equal(e.Outcome.UplinkWait, a.Outcome.UplinkWait, 1e-4);
            Assert.Equal(e.Outcome.Energy, a.Outcome.Energy, 1e-4);
            Assert.Equal(e.Outcome.RoundTrip, a.Outcome.RoundTrip, 1e-4);
        }
        Assert.Equal(seen.Controller.Energy, behind.Controller.Energy, 1e-3);
        // Some messages are so short that the clock's grain makes the link slower than it is.
        Assert.All(behind.Ended.Skip(5), e => Assert.InRange(e.Rate, 0.8e6, 1.01e6));
    }

    [Fact]
    public void BehindAModemTheDeviceKnowsARateAsGoodAsOneThatSees()
    {
        double Error(bool modem)
        {
            var world = Play(TestWorld.Varying(), new InTurn(Scenario), modem);
            return world.Ended.Skip(3).Average(e => Math.Abs(Math.Log(e.Rate / 1e6)));
        }
        // By the socket alone every transfer would be timed at 10 ms or less: 20 Mbit/s where there are 0.1 to 4.
        Assert.InRange(Error(modem: true), 0.5 * Error(modem: false), 1.3 * Error(modem: false));
    }

    [Fact]
    public void WhatWaitsBehindAMessageThatIsStillOnItsWayWaitsOnTheDeviceAndCanBeGivenUp()
    {
        // Three messages of 0.2 s at once, then, with short deadlines, one that no link could carry in time.
        var world = Play(TestWorld.Constant(2e5), new InTurn(Scenario with { Deadlines = new DeadlineSpec(Median: 1.5, Spread: 0.1) }), modem: true);
        var givenUp = world.Ended.Where(e => e.Outcome.Kind == OutcomeKind.Fallback).ToList();
        Assert.Contains(givenUp, e => e.Outcome.BytesSent == 0 && e.Outcome.UplinkWait == 0);
        Assert.All(world.Ended, e => Assert.True(e.Outcome.Latency <= e.Outcome.Deadline + 1e-6));
        // What was never answered says that the link is no faster than that: it is not believed to be fast.
        Assert.All(world.Ended.Skip(8), e => Assert.InRange(e.Rate, 1e5, 4e5));
    }

    private static VirtualWorld Play(RlOffload.Environment.Links.ILinks links, InTurn policy, bool modem)
    {
        var draw = new WindowDraw(policy.Scenario, links, 5);
        draw.Draw(0);
        using var world = new VirtualWorld(policy.Model, draw, policy, modem: modem);
        world.Play();
        Assert.Equal(policy.Scenario.Requests, world.Ended.Count);
        return world;
    }

    /// <summary>Plans that send, and now and then a probe, one after the other.</summary>
    private sealed class InTurn(Scenario scenario) : IPolicy
    {
        private static readonly string[] Turn = ["remote@3", "cut1@3/8b", "cut2@3/4b", "remote@2", "local@1+probe", "cut2@2/8b"];

        public Scenario Scenario => scenario;

        public CostModel Model { get; } = TestWorld.Model(scenario);

        public string Name => "in turn";

        public void Begin(int window) { }

        public int Decide(Observation observation, ReadOnlySpan<bool> mask) =>
            Enumerable.Range(0, Model.Count).Single(p => Model.Table.Plans[p].ToString() == Turn[observation.Request % Turn.Length]);
    }
}
