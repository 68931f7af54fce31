using RlOffload.Inference.Serving;

namespace RlOffload.Tests.Inference.Serving;

public sealed class TailPaceTests
{
    [Fact]
    public void ThePaceIsWhatTailsTakeLatelyByWhatTheProfileSays()
    {
        using var folder = new TemporaryFolder();
        var profile = new TestNetwork(folder).Profile;
        var time = new ManualTime { Seconds = 1 };
        var pace = new TailPace(profile, time);
        Assert.Equal(0, pace.Now);
        var tail = profile.Partitions.Single(p => p is { Exit: 1, Cut: 2, Local: false }).OnServerMs.Median * 1e-3;
        pace.Add(1, 2, 3 * tail);
        Assert.Equal(3, pace.Now, 1e-5);
        pace.Add(1, 2, tail);
        Assert.Equal(2.6, pace.Now, 1e-5);
        // No partition with a tail.
        pace.Add(1, 9, 5);
        Assert.Equal(2.6, pace.Now, 1e-5);
        time.Seconds = 12;
        Assert.Equal(0, pace.Now);
        pace.Add(1, 2, 2 * tail);
        Assert.Equal(2, pace.Now, 1e-5);
    }
}
