using RlOffload.Training.Benchmarks.Fuzz;

namespace RlOffload.Tests.Training.Benchmarks.Fuzz;

public sealed class FuzzRecordTests
{
    [Fact]
    public void AnotherMappingSeesWhatIsBeingReadAndWhatWasCounted()
    {
        using var folder = new TemporaryFolder();
        using var written = new FuzzRecord(folder.At("record"));
        using var seen = new FuzzRecord(folder.At("record"));
        written.Begin(7);
        written.End(true, 500);
        written.Begin(8);
        written.End(null, 900);
        written.Begin(9);
        Assert.Equal(9, seen.Index);
        Assert.True(seen.Running > 0);
        var tally = seen.Tally;
        Assert.Equal((2, 1, 0, 1, 900, 8), (tally.Inputs, tally.Accepted, tally.Refused, tally.Crashes, tally.MostAllocated, tally.Largest));
        seen.Clear();
        Assert.Equal(default, written.Tally);
        Assert.Equal(0, written.Running);
    }

    [Fact]
    public void TalliesAddUpAndKeepTheSlowest()
    {
        var sum = new FuzzTally(10, 4, 6, 0, 5, 3, 100, 2, 1) + new FuzzTally(1, 0, 0, 1, 9, 30, 50, 20, 2);
        Assert.Equal(new FuzzTally(11, 4, 6, 1, 9, 30, 100, 2, 3), sum);
    }
}
