using RlOffload.Environment.Profiles;

namespace RlOffload.Tests.Environment.Profiles;

public class ProfileHashesTests
{
    private static readonly ModelProfile Profile = TestWorld.Profile;

    [Fact]
    public void EachLayerHasItsOwnHash()
    {
        var hashes = ProfileHashes.Of(Profile);
        var timed = ProfileHashes.Of(Profile with { WholeMs = [.. Profile.WholeMs.Select(t => t with { Median = t.Median + 1 })] });
        Assert.Equal((hashes.Structure, hashes.Accuracy), (timed.Structure, timed.Accuracy));
        Assert.NotEqual(hashes.Times, timed.Times);
        var judged = ProfileHashes.Of(Profile with { Accuracy = [.. Profile.Accuracy.Skip(1)] });
        Assert.Equal((hashes.Structure, hashes.Times), (judged.Structure, judged.Times));
        Assert.NotEqual(hashes.Accuracy, judged.Accuracy);
        var cut = ProfileHashes.Of(Profile with { Cuts = [.. Profile.Cuts.Select(c => c with { After = c.After + "x" })] });
        Assert.Equal((hashes.Accuracy, hashes.Times), (cut.Accuracy, cut.Times));
        Assert.NotEqual(hashes.Structure, cut.Structure);
    }

    [Fact]
    public void WhetherACutWasIdenticalIsNoStructure() =>
        Assert.Equal(ProfileHashes.Of(Profile), ProfileHashes.Of(Profile with { Cuts = [.. Profile.Cuts.Select(c => c with { Identical = true })] }));
}
