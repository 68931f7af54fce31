using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Tests.Environment;
using RlOffload.Training;
using RlOffload.Training.Evaluation;

namespace RlOffload.Tests.Training.Evaluation;

public sealed class ContestantsTests
{
    [Fact]
    public void AnUnknownNameIsRefusedWithAllPlanners()
    {
        using var config = new TestConfig();
        var contestants = new Evaluator(config.World(), null, 1).Contestants;
        foreach (var typed in new[] { "lmoss", "", config.At("nowhere"), config.Path })
        {
            var message = Assert.Throws<InputException>(() => contestants.Find(typed)).Message;
            Assert.Contains("--policy", message);
            foreach (var planner in new[] { "local", "remote", "random", "static", "greedy", "priced", "lmos", "lmos-code", "loa" })
                Assert.Contains(planner, message);
        }
        Assert.Throws<InputException>(() => contestants.Find("greedy@8"));
        Assert.Throws<InputException>(() => contestants.Find("lmos@5"));
    }

    [Fact]
    public void APlannerThatTheProfileKnowsTooLittleForIsLeftOutAmongSeveralScenariosAndElseRefused()
    {
        using var config = new TestConfig();
        var contestants = new Evaluator(config.World(), null, 1).Contestants;
        var choice = Assert.Single(PolicyChoice.Parse(["splitee@8"]));
        Assert.Contains("outcomes", Assert.Throws<InputException>(() => contestants.Find(choice)).Message, StringComparison.Ordinal);
        Assert.Empty(contestants.Find(choice, severalScenarios: true));
        Assert.StartsWith("splitee@8 is left out: ", Assert.Single(contestants.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void APlannerThatPredictsOrImitatesSaysHowWellAndOneWithAWidthWhatWasTried()
    {
        using var config = new TestConfig();
        var contestants = new Evaluator(config.World(), null, 1).Contestants;
        contestants.Find("memtl");
        Assert.Matches("^memtl: .* in [0-9.]+ % of its decisions, and earns -?[0-9.]+ a request less$", Assert.Single(contestants.Warnings));
        contestants.Find("neurosurgeon@8");
        Assert.StartsWith("neurosurgeon@8: its regression is off by ", contestants.Warnings[1], StringComparison.Ordinal);
        Assert.Equal(CutEdgePlanner.Trials, contestants.Find("cutedge@8").TuningTrials);
    }

    [Fact]
    public void TheFolderOfARunPlaysItsBestAgentUnderTheNameAsTyped()
    {
        using var config = new TestConfig();
        var world = config.World();
        var loop = Train(world, config.At("run")).Loop;
        var contestants = new Evaluator(world, null, 1).Contestants;
        var contestant = contestants.Find(config.At("run"));
        Assert.Equal(config.At("run"), contestant.Name);
        Assert.Empty(contestants.Warnings);
        var test = world.Test.Environment(world.CostModel);
        Assert.Equal(test.Play(0, contestants.Agent("sac", loop.Best).Create()), test.Play(0, contestant.Create()));
    }

    [Fact]
    public void ARunThatTrainedOtherwiseThanThisConfigTrainsIsPlayedAsItIs()
    {
        using var config = new TestConfig();
        var loop = Train(config.World("train.steps=120", "train.sac.hidden=[8, 8]"), config.At("run")).Loop;
        var world = config.World();
        var contestants = new Evaluator(world, null, 1).Contestants;
        var test = world.Test.Environment(world.CostModel);
        Assert.Equal(test.Play(0, contestants.Agent("sac", loop.Best).Create()), test.Play(0, contestants.Find(config.At("run")).Create()));
        File.WriteAllText(config.At("run/config.yaml"), "train: {steps: many}");
        Assert.Contains("config.yaml:1: train.steps", Assert.Throws<InputException>(() => contestants.Find(config.At("run"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunWhoseAgentKnowsPlansByWhatTheyTakePlaysOnAnotherPlanTable()
    {
        using var config = new TestConfig();
        Train(config.World("train.sac.plans=features"), config.At("run"));
        var elsewhere = config.World("plans={bits: [4, 8], prune: false}");
        var contestants = new Evaluator(elsewhere, null, 1).Contestants;
        var played = Rollout.Play(elsewhere.Test.Environment(elsewhere.CostModel), contestants.Find(config.At("run")).Create(), 0);
        Assert.True(double.IsFinite(played) && played != 0);
        Assert.Empty(contestants.Warnings);
    }

    [Fact]
    public void ARunOfAnotherPlanTableIsRefusedAndOfAnotherScenarioNoted()
    {
        using var config = new TestConfig();
        Train(config.World(), config.At("run"));
        Assert.Contains("plans_sha256", Assert.Throws<InputException>(
            () => new Evaluator(config.World("plans={bits: [4, 8], prune: false}"), null, 1).Contestants.Find(config.At("run"))).Message);
        var contestants = new Evaluator(config.World("deadlines.median_s=0.7"), null, 1).Contestants;
        contestants.Find(config.At("run"));
        Assert.Contains("another scenario", Assert.Single(contestants.Warnings));
    }

    [Theory]
    [InlineData("manifest.json", "{}")]
    [InlineData("manifest.json", "[")]
    [InlineData("manifest.json", null)]
    [InlineData("checkpoint.bin", "no checkpoint")]
    [InlineData("checkpoint.bin", "")]
    public void ADamagedRunIsRefusedByItsFile(string file, string? content)
    {
        using var config = new TestConfig();
        var world = config.World();
        Train(world, config.At("run"));
        if (content is null)
            File.Delete(config.At("run/" + file));
        else
            File.WriteAllText(config.At("run/" + file), content);
        Assert.Contains(file, Assert.Throws<InputException>(() => new Evaluator(world, null, 1).Contestants.Find(config.At("run"))).Message);
    }

    private static TrainingRun Train(World world, string folder)
    {
        var run = new TrainingRun(world, new RunFolder(folder), TimeProvider.System);
        run.Begin();
        run.Learn(_ => { }, CancellationToken.None);
        return run;
    }
}
