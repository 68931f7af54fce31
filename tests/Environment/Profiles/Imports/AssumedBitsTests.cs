using RlOffload.Environment.Profiles;
using RlOffload.Environment.Profiles.Imports;

namespace RlOffload.Tests.Environment.Profiles.Imports;

public sealed class AssumedBitsTests
{
    [Fact]
    public void TheTableIsWhatTheShippedNetworkLostAtItsConvolutions()
    {
        var profile = ProfileFile.Read(Repository.At("models/fashion_frames.profile.json"));
        var last = profile.Exits.Count - 1;
        var whole = profile.Exits[last].Accuracy!.Value;
        for (var stage = 1; stage <= 5; stage++)
        {
            var cut = profile.Cuts.Single(c => c.After == $"stage{stage}.conv").Id;
            var partition = profile.Partitions.Single(p => p.Exit == last && p.Cut == cut);
            Assert.Equal(partition.HeadMs.Median / profile.WholeMs[last].Median, AssumedBits.Depths[stage - 1], 0.01);
            foreach (var bits in AssumedBits.Widths)
            {
                var left = profile.Accuracy.Single(a => a.Exit == last && a.Cut == cut && a.Bits == bits).Value;
                Assert.Equal(Math.Max(0, 1 - left / whole), AssumedBits.Lost[bits][stage - 1], 1e-4);
            }
        }
    }

    [Fact]
    public void BetweenTheMeasuredDepthsItIsLinearAndBeyondThemConstant()
    {
        Assert.Equal(AssumedBits.Lost[3][0], AssumedBits.Loss(3, 0));
        Assert.Equal(AssumedBits.Lost[3][4], AssumedBits.Loss(3, 1));
        Assert.Equal((AssumedBits.Lost[3][1] + AssumedBits.Lost[3][2]) / 2, AssumedBits.Loss(3, (AssumedBits.Depths[1] + AssumedBits.Depths[2]) / 2), 1e-12);
    }

    [Fact]
    public void FewerBitsLoseMoreButForTheNoiseOfFiveThousandImages()
    {
        for (var depth = 0.0; depth <= 1; depth += 0.01)
            for (var i = 1; i < AssumedBits.Widths.Count; i++)
                Assert.True(AssumedBits.Loss(AssumedBits.Widths[i - 1], depth) >= AssumedBits.Loss(AssumedBits.Widths[i], depth) - 0.001);
    }
}
