using RlOffload.Environment;
using RlOffload.Inference.Profiling;

namespace RlOffload.Tests.Inference.Profiling;

public sealed class JournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.At("p.journal");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WhatWasMeasuredIsNotMeasuredAgain()
    {
        using (var journal = new Journal(File, "network A"))
            Assert.Equal(7, journal.Measure("t", () => 7));

        using var resumed = new Journal(File, "network A");

        Assert.Equal(7, resumed.Measure<int>("t", () => throw new InvalidOperationException()));
        Assert.Equal(8, resumed.Measure("u", () => 8));
        Assert.Equal(1, resumed.Resumed);
    }

    [Fact]
    public void APlaceWhereNothingCanBeWrittenIsRefused() =>
        Assert.Contains("cannot be written", Assert.Throws<InputException>(() => new Journal(_folder.At("absent/p.journal"), "A")).Message);

    [Fact]
    public void AJournalOfSomethingElseIsStartedAnew()
    {
        using (var journal = new Journal(File, "network A"))
            journal.Measure("t", () => 7);

        using var other = new Journal(File, "network B");

        Assert.Equal(9, other.Measure("t", () => 9));
    }

    [Fact]
    public void ALineCutShortByACrashIsMeasuredAgain()
    {
        using (var journal = new Journal(File, "network A"))
        {
            journal.Measure("t", () => 7);
            journal.Measure("u", () => 8);
        }
        var text = System.IO.File.ReadAllText(File);
        System.IO.File.WriteAllText(File, text[..^5]);

        using (var resumed = new Journal(File, "network A"))
        {
            Assert.Equal(7, resumed.Measure("t", () => 1));
            Assert.Equal(9, resumed.Measure("u", () => 9));
        }

        Assert.Equal(text.Replace("8", "9"), System.IO.File.ReadAllText(File));
    }
}
