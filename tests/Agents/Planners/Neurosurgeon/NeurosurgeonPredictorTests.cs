using RlOffload.Agents.Planners;
using RlOffload.Environment.Profiles;

namespace RlOffload.Tests.Agents.Planners;

public sealed class NeurosurgeonPredictorTests
{
    [Fact]
    public void HeadsAndTailsAddUpAndHeadsGrow()
    {
        for (var world = 0ul; world < 30; world++)
        {
            var profile = RandomWorld.Profile(world);
            var predictor = new NeurosurgeonPredictor(profile);
            Partition[] chain = [.. profile.Partitions.Where(p => p.Exit == profile.Exits.Count - 1).OrderBy(p => p.Local).ThenBy(p => p.Cut)];
            var whole = predictor.Seconds(chain[^1].Cut).Head;
            var before = 0.0;
            foreach (var partition in chain)
            {
                var (head, tail) = predictor.Seconds(partition.Cut);
                Assert.True(head >= before);
                Assert.Equal(whole, head + tail, 9);
                before = head;
            }
            Assert.Equal(0, predictor.Seconds(0).Head);
            Assert.InRange(predictor.MeanError, 0, 0.5);
        }
    }

    [Fact]
    public void TimesThatAreLinearInWhatIsReadAreExact()
    {
        var profile = RandomWorld.Profile(4);
        var last = profile.Exits.Count - 1;
        Partition[] chain = [.. profile.Partitions.Where(p => p.Exit == last).OrderBy(p => p.Local).ThenBy(p => p.Cut)];
        var head = new double[chain.Length];
        for (var i = 1; i < chain.Length; i++)
            head[i] = head[i - 1] + 0.2 + 1e-5 * profile.Cuts[chain[i - 1].Cut].Elements;
        var linear = chain.Select((p, i) => p with { HeadMs = new(head[i], head[i]), TailMs = new(head[^1] - head[i], head[^1] - head[i]) });
        var predictor = new NeurosurgeonPredictor(profile with { Partitions = [.. profile.Partitions.Where(p => p.Exit != last), .. linear] });
        Assert.Equal(0, predictor.MeanError, 9);
        for (var i = 0; i < chain.Length; i++)
            Assert.Equal(head[i] / 1000, predictor.Seconds(chain[i].Cut).Head, 9);
    }

    [Fact]
    public void LayersAreAddedUpAlongTheDeepestExitOnlyAndScaledToTheWholeNetwork()
    {
        var profile = LayerRegressionTests.Layered();
        var predictor = new NeurosurgeonPredictor(profile);
        double Ms(params int[] nodes) => nodes.Sum(n => profile.Nodes[n].Ms);
        // The test world runs 30 ms to its deepest exit; exits 1 and 2 are no part of it.
        var factor = 30 / Ms(0, 2, 4, 5);
        Assert.Equal(factor * Ms(0) / 1000, predictor.Seconds(1).Head, 9);
        Assert.Equal(factor * Ms(0, 2) / 1000, predictor.Seconds(2).Head, 9);
        Assert.Equal(factor * Ms(4, 5) / 1000, predictor.Seconds(2).Tail, 9);
        Assert.Equal(0.03, predictor.Seconds(5).Head, 9);
        Assert.NotEqual(new NeurosurgeonPredictor(profile with { Nodes = [] }).MeanError, predictor.MeanError);
    }

    [Fact]
    public void LayersThatDoNotLeadToACutAreNotUsed()
    {
        var profile = LayerRegressionTests.Layered();
        var without = new NeurosurgeonPredictor(profile with { Nodes = [] });
        var broken = new NeurosurgeonPredictor(profile with { Nodes = [.. profile.Nodes.Where(n => n.Name != "conv2")] });
        Assert.Equal(without.MeanError, broken.MeanError);
    }
}
