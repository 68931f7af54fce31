using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Training;
using RlOffload.Training.Evaluation;

namespace RlOffload.Tests.Training.Evaluation;

public sealed class PolicyChoiceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AllMeansEveryPlannerAndALearnerIsItsRuns()
    {
        var (a, b) = (Run("a"), Run("b"));
        Assert.Equal(PlannerCatalogue.All.Select(p => p.Name), PolicyChoice.Parse(["all"]).Select(c => c.Name));
        Assert.All(PolicyChoice.Parse(["all"]), c => Assert.True(c.IsOneOfAll));
        var choices = PolicyChoice.Parse(["lmos@8", a, $"sac={a},{b}"]);
        Assert.Equal(["lmos@8", a, "sac"], choices.Select(c => c.Name));
        Assert.Equal([a, b], choices[2].Sources);
        Assert.Equal([false, false, true], choices.Select(c => c.IsLearner));
    }

    [Fact]
    public void AllThatIsWrongIsSaidAtOnceBeforeAnyWork()
    {
        var a = Run("a");
        var problems = Assert.Throws<InputException>(() => PolicyChoice.Parse(["lmoss", $"sac={a},nowhere", $"priced={a}", "dqn=", $"twice={a},{a}", $"sac={a}"])).Problems;
        foreach (var named in new[] { "lmoss", "nowhere", "priced", "dqn", "twice", "sac: is given twice" })
            Assert.Contains(problems, p => p.Contains(named, StringComparison.Ordinal));
    }

    /// <summary>What makes a folder a run, and no more.</summary>
    private string Run(string name)
    {
        _folder.Write(name + "/checkpoint.bin", "");
        _folder.Write(name + "/config.yaml", "");
        Assert.True(RunFolder.IsIn(_folder.At(name)));
        return _folder.At(name);
    }
}
