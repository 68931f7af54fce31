using RlOffload.Agents.Hindsight;
using RlOffload.Environment;
using RlOffload.Tests.Environment;
using RlOffload.Training;
using RlOffload.Training.Evaluation;

namespace RlOffload.Tests.Training;

/// <summary>The scenarios of configs/scenarios; that each loads, <see cref="ConfigsTests"/> shows.</summary>
public sealed class ScenariosTests
{
    private static readonly string[] Quick = ["evaluate={windows: 12, training_windows: 8, oracle_width: 6, bootstrap: 100}"];

    public static TheoryData<string> All =>
        [.. Directory.GetFiles(Repository.At("configs/scenarios"), "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(All))]
    public void AScenarioIsNamedAsItsFileKeepsItsTableSmallAndCanBeTrainedIn(string name)
    {
        if (Load(name, ["evaluate.training_windows=2"]) is not { } experiment)
            return;
        Assert.Equal(name, experiment.Name);
        var world = experiment.Build();
        Assert.InRange(world.Plans.Count, 12, name == "confidence-exits" ? 90 : 70);
        Assert.Equal(120, world.Scenario.Requests);
        Assert.True(experiment.Evaluate.Repeat || world.Test.Links.Windows is null, "40 windows need more stretches of the test traces, or repeat");
        var loop = new TrainingLoop([world.Training.Environment(world.CostModel)], world.Tuning.Environment(world.CostModel), world.Choices,
            experiment.Train with { Steps = 240, StartSteps = 100, ValidateEvery = 120, ValidationWindows = 1, Agent = (HindsightOptions)experiment.Train.Agent with { Round = 120, Batch = 32, Hidden = [16], Start = "priced" } }, 1,
            () => world.Planners(cache: null, threads: 1));
        var progress = loop.Advance();
        while (!loop.Done)
            progress = loop.Advance();
        Assert.All(progress.Measures, m => Assert.True(double.IsFinite(m), $"gain and certainty {string.Join(", ", progress.Measures)}"));
        Assert.True(double.IsFinite(progress.BestValidation) && double.IsFinite(progress.Return), $"return {progress.Return}");
    }

    [DataFact("profiles/portend/exits.csv")]
    public void WherePlanningPaysThereIsRoomAndWhereLocalIsRightThereIsNone()
    {
        EvaluationReport Report(string name)
        {
            var world = Experiment.Load(PathOf(name), Quick).Build();
            var evaluator = new Evaluator(world, null, 2);
            return evaluator.Run([evaluator.Contestants.Planner("static"), evaluator.Contestants.Planner("greedy")], world.Test, 12, 0, null, CancellationToken.None);
        }
        var burst = Report("3g-burst");
        Assert.True(burst.Room > 0.05, $"room {burst.Room}");
        Assert.Equal(12, burst.Windows);
        var local = Report("resnet110-local");
        Assert.True(local.Room < 0.01, $"room {local.Room}");
        Assert.All(local.Policies, p => Assert.Null(p.Score));
    }

    [Fact]
    public void WhereTheDataIsNotHereAScenarioSaysWhatIsMissing()
    {
        using var elsewhere = new TemporaryFolder();
        Directory.CreateDirectory(elsewhere.At("configs/scenarios"));
        Directory.CreateDirectory(elsewhere.At("configs/links"));
        foreach (var file in Directory.GetFiles(Repository.At("configs/links"), "*.json").Append(PathOf("3g-burst")))
            File.Copy(file, file.Replace(Repository.Root, elsewhere.Root, StringComparison.Ordinal));
        var error = Assert.Throws<InputException>(() => Experiment.Load(elsewhere.At("configs/scenarios/3g-burst.yaml"), []));
        Assert.True(error.DataMissing);
        Assert.Contains("rloffload profiles import portend", error.Message, StringComparison.Ordinal);
        // With a profile of one's own, fitted links stand in for the traces.
        var experiment = Experiment.Load(elsewhere.At("configs/scenarios/3g-burst.yaml"), [$"profile={Repository.At("models/fashion_frames.profile.json")}"]);
        Assert.Contains("norway", experiment.Links.StandIn, StringComparison.Ordinal);
        Assert.Contains(experiment.Build().Notes, n => n.Contains("stand in", StringComparison.Ordinal));
    }

    private static string PathOf(string name) => Repository.At($"configs/scenarios/{name}.yaml");

    private static Experiment? Load(string name, string[] set)
    {
        try
        {
            return Experiment.Load(PathOf(name), set);
        }
        catch (InputException e) when (e.DataMissing)
        {
            return null;
        }
    }
}
