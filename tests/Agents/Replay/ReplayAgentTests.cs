using RlOffload.Agents;
using RlOffload.Agents.Replay;
using RlOffload.Agents.Sac;
using RlOffload.Environment;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Replay;

public sealed class ReplayAgentTests
{
    private static readonly OffloadEnvironment World = TestWorld.Environment();
    private static readonly AgentView View = new(World.Model, [1, 4, 7]);

    private static readonly AgentSetup Setup = new() { View = View, Seed = 3, Steps = 400, StartSteps = 100, ReplayCapacity = 300 };

    private readonly float[] _observation = new float[View.Size];
    private readonly bool[] _mask = [true, false, true];
    private readonly DiscreteSac _sac = new(View.Size, View.Actions, new SacOptions { Batch = 8, Hidden = [8] }, 3);
    private readonly ReplayAgent _agent;

    public ReplayAgentTests() => _agent = new(Setup, new ReplayPolicy(_sac, null, () => throw new NotSupportedException()));

    [Fact]
    public void ItExploresUniformlyAtFirstAndThenByItsPolicy()
    {
        // A policy that is sure of the last plan tells the two apart.
        _sac.Actor.Layers[^1].Bias.Row(0)[2] = 50;
        int[] Choices(int step) => [.. Enumerable.Range(0, 200).Select(i =>
        {
            var rng = Rng.Keyed(3, 0, (ulong)i, RngPurpose.Explore);
            return _agent.Choose(new Moment(World, 0, 0, step, _observation, _mask), ref rng);
        })];
        var drawn = Choices(99).CountBy(c => c).ToDictionary();
        Assert.Equal([0, 2], drawn.Keys.Order());
        Assert.InRange(drawn[0], 70, 130);
        Assert.All(Choices(100), c => Assert.Equal(2, c));
    }

    [Fact]
    public void ALoadedOneLearnsOnBitForBit()
    {
        Live(_agent, 0, 60);
        var sac = new DiscreteSac(View.Size, View.Actions, new SacOptions { Batch = 8, Hidden = [8] }, 4);
        var other = new ReplayAgent(Setup, new ReplayPolicy(sac, null, () => throw new NotSupportedException()));
        other.Load(new BinaryReader(new MemoryStream(Saved(_agent))), "checkpoint.bin");
        Assert.Equal(Live(_agent, 60, 40), Live(other, 60, 40));
        Assert.Equal(Saved(_agent), Saved(other));
        Assert.Equal(100, sac.Updates);
    }

    [Fact]
    public void WhatADecisionDoesAllocatesNothing()
    {
        Live(_agent, 0, 50);
        var (rng, measures) = (new Rng(1), new double[_agent.Measures.Count]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
            Live(_agent, i, measures, ref rng);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private double[] Live(ReplayAgent agent, int from, int steps)
    {
        var (rng, measures) = (new Rng(1), new double[agent.Measures.Count]);
        for (var i = from; i < from + steps; i++)
            Live(agent, i, measures, ref rng);
        return measures;
    }

    private void Live(ReplayAgent agent, int i, Span<double> measures, ref Rng rng)
    {
        Array.Fill(_observation, i % 7);
        var moment = new Moment(World, 0, 0, 200, _observation, _mask);
        agent.Observe(moment);
        var action = agent.Choose(moment, ref rng);
        agent.Remember(new Transition(0, 0, 1, _observation, _mask, action, action, 0.9f, _observation, _mask, []));
        agent.Learn(measures);
    }

    private static byte[] Saved(ReplayAgent agent)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory))
            agent.Save(writer);
        return memory.ToArray();
    }
}
