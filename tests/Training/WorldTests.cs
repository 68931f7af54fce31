using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Training;

namespace RlOffload.Tests.Training;

public sealed class WorldTests
{
    [Fact]
    public void TheTableForPlannersHasEightAndThirtyTwoBitsAndTheLearnersPlansArePartOfIt()
    {
        using var config = new TestConfig();
        var world = Experiment.Load(config.Path, []).Build();
        Assert.Equal([4, 8, 32], world.FullTable.Plans.Where(p => p.Kind == PlanKind.Split).Select(p => p.Bits).Distinct().Order());
        Assert.Equal([4], world.Plans.Plans.Where(p => p.Kind == PlanKind.Split).Select(p => p.Bits).Distinct());
        Assert.Equal(world.Plans.Plans, world.Choices.Select(c => world.FullTable[c]));
        var pruned = Experiment.Load(config.Path, ["plans={bits: [4, 8], prune_bytes: 1}"]).Build();
        Assert.DoesNotContain(pruned.Plans.Plans, p => p.Bits == 4);
    }

    [Fact]
    public void ClocksAreOfferedToPlannersAndToTheLearnerWhereItIsSaid()
    {
        using var config = new TestConfig();
        World World(params string[] more) => Experiment.Load(config.Path, [.. more]).Build();
        const string Clocks = "device.clocks={mhz: [110, 55], time_factor: [1.5, 3], active_w: [0.1, 0.05], source: a test}";
        var (without, with, learns) = (World(), World(Clocks), World(Clocks, "plans.clocks_mhz=[55]"));
        Assert.Null(without.Scenario.Device.Clocks);
        Assert.Equal([new Clock(110e6, 1.5, 0.1), new Clock(55e6, 3, 0.05)], with.Scenario.Device.Clocks!);
        Assert.Equal(without.FullTable.Plans, with.FullTable.Plans.Where(p => p.Clock is null));
        Assert.Equal(["local@3~110MHz", "local@3~55MHz"], with.FullTable.Plans.Where(p => p is { Clock: not null, Kind: PlanKind.Local }).Select(p => p.ToString()));
        Assert.Equal(without.Plans.Plans, with.Plans.Plans);
        Assert.NotEqual(without.ScenarioHash, with.ScenarioHash);
        Assert.Equal(["55MHz"], learns.Plans.Plans.Where(p => p.Clock is not null).Select(p => p.Clock!.ToString()).Distinct());
        Assert.Equal(learns.Plans.Plans, learns.Choices.Select(c => learns.FullTable[c]));
    }

    [Fact]
    public void PriorsComeFromTheTrainingLinksUnlessTold()
    {
        using var config = new TestConfig();
        var world = Experiment.Load(config.Path, ["uplink.rate_scale=0.5"]).Build();
        Assert.Equal(0.5e6, world.Scenario.Uplink.PriorBitsPerSecond, 0.01e6);
        Assert.Equal(0.030 + Math.Exp(2) / 1000, world.Scenario.Uplink.PriorRtt, 1e-6);
        Assert.Equal(3e6, Experiment.Load(config.Path, ["uplink.prior_mbit_s=3"]).Build().Scenario.Uplink.PriorBitsPerSecond);
        var told = Experiment.Load(config.Path, ["rtt={shift_ms: 100, mu: 0, sigma: 0}"]).Build();
        Assert.Equal(0.101, told.Scenario.Uplink.PriorRtt, 1e-9);
        var rng = new Rng(1);
        Assert.Equal(0.101, told.Test.Links.DrawRtt(ref rng), 1e-9);
    }

    [Fact]
    public void TheKnownTimeOfTheWholeNetworkMakesTheFactor()
    {
        using var config = new TestConfig();
        var world = Experiment.Load(config.Path, ["device={name: slow, whole_ms: 450, time_factor_source: a test, active_w: 1}"]).Build();
        Assert.Equal(15, world.Scenario.Device.TimeFactor, 1e-12); // the profile says 30 ms
        Assert.Equal(1, world.Scenario.Server.TimeFactor);
    }

    [Fact]
    public void TestWindowsAreTheSameForEverySeedAndTrainingWindowsAreNot()
    {
        using var config = new TestConfig();
        var (one, two) = (Experiment.Load(config.Path, [], 1).Build(), Experiment.Load(config.Path, [], 2).Build());
        Assert.Equal(Played(one.Test, one), Played(two.Test, two));
        Assert.Equal(Played(one.Tuning, one), Played(two.Tuning, two));
        Assert.NotEqual(Played(one.Training, one), Played(two.Training, two));
        Assert.NotEqual(Played(one.Tuning, one), Played(one.Training, one));
    }

    [Fact]
    public void TracesFromAFolderAreHeldOutByWindowAndByFile()
    {
        using var config = new TestConfig();
        for (var f = 0; f < 10; f++)
            config.Write($"traces/{f}.txt", string.Join('\n', Enumerable.Range(0, 100).Select(t => $"{t} {1 + (t * 7 + f) % 5}")));
        config.Write("other/README.md", "no trace");
        config.Write("other/x.txt", "0 1\n1 2\n2 3\n");
        var world = Experiment.Load(config.Path, ["links={train: [traces], test: [other]}", "rtt.from_link=a.json"]).Build();
        var (training, tuning) = (world.Training.Links.Windows!.Value, world.Tuning.Links.Windows!.Value);
        Assert.True(tuning >= 2 && training >= 2 * tuning);
        Assert.Equal(1, world.Test.Links.Windows);
        Assert.Empty(Windows(world.Training).Intersect(Windows(world.Tuning)));
        Assert.Equal(10, world.Training.Files.Count);

        IEnumerable<(string, double)> Windows(LinkSet set) =>
            Enumerable.Range(0, set.Links.Windows!.Value).Select(i => set.Links.At(i, 1)).Select(w => (w.Trace.Name, w.Offset));
    }

    [Fact]
    public void WhatDoesNotFitTogetherIsRefused()
    {
        using var config = new TestConfig();
        File.Copy(config.At("a.json"), config.At("copy.json"));
        Refused("content is that of", "links.test=[copy.json]");
        config.Write("t.txt", "0 1\n1 2\n");
        Refused("allowed is one kind", "links.train=[a.json, t.txt]");
        Refused("no training link has round-trip times", "links.train=[t.txt]");
        config.Link("silent.json", 3, rtt: false);
        Refused("a link model with round-trip times", "rtt.from_link=silent.json");
        Refused("allowed is a profile of that network", "model=t.txt");
        Refused("has no 'jpeg'", "uplink.input_encoding=jpeg");
        Refused("allowed is a time that does not fall", $"arrivals={{kind: recorded, file: {Path.GetFileName(config.Write("arrivals.txt", "0\n2\n1\n"))}}}");
        Refused("the profile has none", "plans.bits=[3]");

        void Refused(string problem, params string[] overrides) =>
            Assert.Contains(problem, Assert.Throws<InputException>(() => Experiment.Load(config.Path, overrides).Build()).Message);
    }

    [Fact]
    public void RecordedArrivalsBringTheirMeanGap()
    {
        using var config = new TestConfig();
        config.Write("arrivals.txt", "# s\n10\n10.5\n12\n");
        var world = Experiment.Load(config.Path, ["arrivals={kind: recorded, file: arrivals.txt}"]).Build();
        Assert.Equal(1, world.Scenario.Arrivals.MeanGap);
        Assert.Equal([0, 0.5, 2], world.Scenario.Arrivals.Recorded!);
    }

    [Fact]
    public void LinksNamedOnTheCommandLineTakeThePlaceOfTheTestLinks()
    {
        using var config = new TestConfig();
        var world = Experiment.Load(config.Path, []).Build();
        var path = config.Write("t.txt", "0 1\n1 2\n");
        var set = world.Open([path]);
        Assert.Equal(world.Test.Seed, set.Seed);
        Assert.Equal(path, Assert.Single(set.Files).Path);
        Assert.Equal(path, set.Links.At(0, 10).Trace.File);
    }

    private static double Played(LinkSet set, World world)
    {
        var environment = set.Environment(world.CostModel);
        environment.Reset(3);
        while (!environment.Truncated)
            environment.Step(world.FullTable.Plans.ToList().FindIndex(p => p.Kind == PlanKind.Remote));
        return environment.TotalReward;
    }
}
