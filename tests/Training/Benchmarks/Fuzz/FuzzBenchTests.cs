using RlOffload.Environment;
using RlOffload.Training.Benchmarks.Fuzz;

namespace RlOffload.Tests.Training.Benchmarks.Fuzz;

public sealed class FuzzBenchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A slice of the run that docs/fuzz.md reports; native loading is among it.</summary>
    [Fact]
    public async Task NoReaderFailsOrHangsOnChangedInputs()
    {
        var report = await Run(new FuzzLimits(Seconds: 60), 6000);
        Assert.Equal(6000, report.Inputs);
        Assert.True(report is { Crashes: 0, Hangs: 0, ChildRestarts: 0 }, string.Join('\n', report.Findings));
        Assert.Equal(FuzzTargets.Names.Keys, report.Targets.Select(t => t.Name));
        Assert.All(report.Targets, t => Assert.True(t.Inputs > 0 && t.Refused > 0 && t.Inputs == t.Accepted + t.Refused, $"{t}"));
        // Inputs that get through show that readers are reached at all.
        Assert.All(report.Targets.Where(t => t.Inputs >= 100), t => Assert.True(t.Accepted > 0, $"{t}"));
        Assert.False(Directory.Exists(_folder.At("findings")));
    }

    [Fact]
    public async Task AnExceptionThatNoReaderDeclaresIsFoundKeptAndSeenAgainAlone()
    {
        var report = await Run(new FuzzLimits(), 100, "planted-exception");
        var defect = Assert.Single(report.Findings);
        Assert.Equal(report.Crashes, defect.Count);
        Assert.InRange(report.Crashes, 5, 25);
        Assert.Contains("IndexOutOfRangeException", defect.First.What);
        Assert.True(report.Targets[0] is { Accepted: > 0, Refused: > 0, ChildRestarts: 0 });
        Assert.Equal(0, File.ReadAllBytes(defect.First.File!)[0]); // what sets it off

        var again = await new FuzzBench(Options(new FuzzLimits(), 1, "planted-exception") with { Only = defect.First.Index }).Run(_ => { }, CancellationToken.None);
        Assert.Equal((1, 1, defect.First.Index), (again.Inputs, again.Crashes, again.Findings[0].First.Index));
    }

    [Fact]
    public async Task AReaderThatTakesTooMuchMemoryIsFound()
    {
        var report = await Run(new FuzzLimits(AllocatedBytes: 1 << 20), 20, "planted-memory");
        Assert.True(report.Crashes > 0);
        Assert.Equal("memory", Assert.Single(report.Findings).First.Kind);
    }

    [Theory]
    [InlineData("planted-hang", "hang")]
    [InlineData("planted-death", "death")]
    [InlineData("planted-overflow", "death")]
    public async Task WhatEndsTheProcessIsCountedAndTheRestIsStillRead(string target, string kind)
    {
        var report = await Run(new FuzzLimits(Seconds: 0.5), 20, target);
        Assert.Equal(20, report.Inputs);
        Assert.Equal(kind, Assert.Single(report.Findings).First.Kind);
        Assert.True(report.Targets[0].Accepted > 0 && report.ChildRestarts > 0);
        Assert.Equal(report.ChildRestarts, report.Crashes + report.Hangs);
        Assert.Equal(kind == "hang" ? report.ChildRestarts : 0, report.Hangs);
    }

    [Fact]
    public async Task ATargetThatIsNoneIsRefusedWithThoseThatAre()
    {
        var refusal = await Assert.ThrowsAsync<InputException>(() => Run(new FuzzLimits(), 1, "nothing"));
        Assert.Contains("--target: is 'nothing', allowed is frames", refusal.Message);
        refusal = await Assert.ThrowsAsync<InputException>(() => new FuzzBench(Options(new FuzzLimits(), 1) with { Only = 3 }).Run(_ => { }, CancellationToken.None));
        Assert.Contains("--only", refusal.Message);
    }

    private Task<FuzzReport> Run(FuzzLimits limits, long inputs, params string[] targets) => new FuzzBench(Options(limits, inputs, targets)).Run(_ => { }, CancellationToken.None);

    private FuzzOptions Options(FuzzLimits limits, long inputs, params string[] targets) => new(
        inputs, Seed: 1, targets, Only: null, _folder.At("findings"), Repository.Root, ["dotnet", Path.Combine(AppContext.BaseDirectory, "rloffload.dll")], limits);
}
