using RlOffload.Training.Evaluation;

namespace RlOffload.Tests.Training.Evaluation;

public sealed class TimelineTests
{
    [Fact]
    public void ItShowsEveryRequestAsItWasPlayedAndTheLinkThatCarriedIt()
    {
        using var config = new TestConfig();
        var world = config.World();
        var contestants = new Evaluator(world, null, 1).Contestants;
        var timeline = Timeline.Record(world, world.Test, [contestants.Planner("random"), contestants.Planner("local") with { Learner = "sac" }], 2);
        Assert.Equal((2, "random", "sac"), (timeline.Window, timeline.Policies[0].Name, timeline.Policies[1].Name));
        Assert.All(timeline.Policies, p => Assert.Equal(30, p.Requests.Count));
        Assert.Equal(timeline.Policies[0].Requests.Select(r => r.Seconds), timeline.Policies[1].Requests.Select(r => r.Seconds));
        Assert.All(timeline.Policies[1].Requests, r => Assert.StartsWith("local@", r.Plan));
        Assert.True(timeline.Policies[0].Requests.Select(r => r.Plan).Distinct().Count() > 2);
        Assert.InRange(timeline.LinkMbitS.Average(), 0.01, 100);
    }

    [Fact]
    public void WhatStandsOutIsWhatWasTrainedThenThePlannersThatSayMost()
    {
        string[] byMerit = ["clairvoyant", "a", "b", "c", "d", "edgent", "greedy", "priced", "robust", "conservative", "lmos@8", "lmos", "static", "local"];
        Assert.Equal(["a", "b", "c", "d", "edgent", "priced", "lmos@8", "static"], Telling.Of(byMerit));
    }
}
