using RlOffload.Training.Benchmarks.Fuzz;

namespace RlOffload.Tests.Training.Benchmarks.Fuzz;

public sealed class FuzzLoopTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Targets => [.. FuzzTargets.Names.Keys.Where(n => !n.StartsWith("server", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Targets))]
    public void AnInputDependsOnSeedTargetAndNumberAlone(string name)
    {
        using var one = FuzzTargets.Open(name, Directory.CreateDirectory(_folder.At("one")).FullName, null);
        using var other = FuzzTargets.Open(name, Directory.CreateDirectory(_folder.At("other")).FullName, null);
        var inputs = Enumerable.Range(0, 40).Select(i => FuzzLoop.Make(one, name, 5, i)).ToList();
        for (var i = 39; i >= 0; i -= 3)
            Assert.Equal(inputs[i], FuzzLoop.Make(other, name, 5, i));
        Assert.True(inputs.Select(Convert.ToHexString).Distinct().Count() > 30);
        Assert.NotEqual(inputs[0], FuzzLoop.Make(one, name, 6, 0));
    }

    [Fact]
    public void FindingsAreToldAndCountedAndTheLoopGoesOn()
    {
        using var target = FuzzTargets.Open("planted-exception", _folder.Root, null);
        using var record = new FuzzRecord(_folder.At("record"));
        var found = new List<FuzzFinding>();
        FuzzLoop.Run(target, "planted-exception", 1, 0, 64, new FuzzLimits(), record, (finding, input) =>
        {
            Assert.Equal(0, input[0]);
            found.Add(finding);
        });
        var tally = record.Tally;
        Assert.Equal((64, found.Count, 64 - found.Count), (tally.Inputs, tally.Crashes, tally.Accepted + tally.Refused));
        Assert.NotEmpty(found);
        Assert.Single(found.Select(f => f.Signature).Distinct());
        Assert.Equal((63, 0.0), (record.Index, record.Running));
    }
}
