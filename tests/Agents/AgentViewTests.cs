using RlOffload.Agents;
using RlOffload.Environment;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents;

public sealed class AgentViewTests
{
    [Fact]
    public void ItShowsAnAgentItsOwnPlansOfTheTable()
    {
        var environment = TestWorld.Environment();
        int[] plans = [7, 2, environment.Actions - 1];
        var view = new AgentView(environment.Model, plans);
        environment.Reset(0);
        var mask = environment.Mask.ToArray();
        mask[2] = false;
        var (observation, expected) = (new float[view.Size], new float[view.Size]);
        var allowed = new bool[view.Actions];
        view.Write(environment.Observation, mask, observation, allowed);
        new ObservationLayout(environment.Model, plans).Write(environment.Observation, expected);
        Assert.Equal(expected, observation);
        Assert.Equal([true, false, true], allowed);
        Assert.Equal(plans, view.Plans.ToArray());
    }

    [Fact]
    public void WhatTheAgentMayChooseIsNarrowedByTheProbingRule()
    {
        var environment = TestWorld.Environment();
        int[] plans = [TestWorld.Plan(environment, "cut2@3/8b"), TestWorld.Plan(environment, "local@1"), TestWorld.Plan(environment, "local@1+probe"), TestWorld.Plan(environment, "local@2")];
        AgentView free = new(environment.Model, plans), bound = new(environment.Model, plans, probeAfter: 3);
        Assert.Null(free.ProbeAfter);
        Assert.Equal(3, bound.ProbeAfter);
        environment.Reset(0);
        Assert.Equal([true, true, true, true], Allowed(free, environment));
        Assert.Equal([true, false, true, true], Allowed(bound, environment)); // local@2 with a probe is none of its plans
        environment.Observation.RateAge = 2.9;
        Assert.Equal([true, true, true, true], Allowed(bound, environment));
    }

    private static bool[] Allowed(AgentView view, OffloadEnvironment environment)
    {
        var allowed = new bool[view.Actions];
        view.Write(environment.Observation, environment.Mask, new float[view.Size], allowed);
        return allowed;
    }
}
