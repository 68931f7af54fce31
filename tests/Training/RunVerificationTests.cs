using RlOffload.Environment;
using RlOffload.Training;
using RlOffload.Training.Evaluation;

namespace RlOffload.Tests.Training;

public sealed class RunVerificationTests : IDisposable
{
    private readonly TestConfig _config = new();
    private readonly RunFolder _run;

    public RunVerificationTests()
    {
        var world = _config.World();
        _run = new RunFolder(_config.At("run"));
        var training = new TrainingRun(world, _run, TimeProvider.System);
        training.Begin();
        training.Learn(_ => { }, CancellationToken.None);
        var evaluator = new Evaluator(world, null, 1);
        _run.WriteEvaluation(evaluator.Run([evaluator.Contestants.Agent("sac", training.Loop.Best), evaluator.Contestants.Planner("priced"), evaluator.Contestants.Planner("lmos@8")],
            world.Test, 3, 0, null, CancellationToken.None));
    }

    public void Dispose() => _config.Dispose();

    [Fact]
    public void WhatWasRecordedIsFoundAgainBitForBit()
    {
        var report = Verify();
        Assert.True(report.Passed, string.Join('\n', report.Differences));
        Assert.Equal((3, 3), (report.Policies, report.Windows));
        Assert.True(report.Compared > 300, $"{report.Compared}");
    }

    [Fact]
    public void AChangedNumberIsFoundInItsLastBit()
    {
        var recorded = File.ReadAllText(_run.Evaluation);
        var world = _config.World();
        var reward = new Evaluator(world, null, 1) is var e ? e.Run([e.Contestants.Planner("priced")], world.Test, 3, 0, null, CancellationToken.None).Policies[0].Reward : 0;
        string Text(double x) => x.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains(Text(reward), recorded);
        File.WriteAllText(_run.Evaluation, recorded.Replace($"\"reward\": {Text(reward)}", $"\"reward\": {Text(Math.BitIncrement(reward))}", StringComparison.Ordinal));
        var difference = Assert.Single(Verify().Differences);
        Assert.Contains("policies[priced].reward", difference);
    }

    [Fact]
    public void ARunWithoutEvaluationOrWithOtherDataIsRefused()
    {
        var recorded = File.ReadAllText(_run.Evaluation);
        File.Delete(_run.Evaluation);
        Assert.Contains("evaluation.json", Assert.Throws<InputException>(Verify).Message);
        File.WriteAllText(_run.Evaluation, "{");
        Assert.Contains("is no evaluation", Assert.Throws<InputException>(Verify).Message);
        File.WriteAllText(_run.Evaluation, recorded);
        _config.Link("b.json", 3);
        Assert.Contains("test_links", Assert.Throws<InputException>(Verify).Message);
    }

    private RunVerification Verify() => RunVerification.Of(_run, null, 1, null, CancellationToken.None);
}
