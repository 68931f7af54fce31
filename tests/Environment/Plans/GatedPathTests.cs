using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;
using RlOffload.Tests.Environment.Simulation;

namespace RlOffload.Tests.Environment.Plans;

/// <summary>By hand: exit 1 branches off behind cut 1 (head 80 ms, branch 20 ms), exit 2 behind cut 2 (head 160 ms, branch 40 ms).</summary>
public sealed class GatedPathTests
{
    [Fact]
    public void AnImagePaysForEveryExitThatItTried()
    {
        var table = GatedWorld.Model().Table;
        var ways = table.Ways(Plan(table, "local@3?c0.7*2")).ToArray();
        Assert.Equal([(0, true), (1, true), (2, false)], ways.Select(w => (w.Exit, w.Leaves)));
        Assert.Equal(0.08 + 0.02, ways[0].DeviceSeconds, 12);
        Assert.Equal(0.16 + 0.02 + 0.04, ways[1].DeviceSeconds, 12);
        Assert.Equal(0.3 + 0.02 + 0.04, ways[2].DeviceSeconds, 12);
        Assert.Equal(1, ways.Sum(w => w.Share), 12);

        var split = table.Ways(Plan(table, "cut1@3/8b?c0.7*2")).ToArray(); // only exit 1 lies before cut 1
        Assert.Equal([(0, true), (2, false)], split.Select(w => (w.Exit, w.Leaves)));
        Assert.Equal(0.08 + 0.02, split[1].DeviceSeconds, 12);
        Assert.Equal(-1, table.Plans.Plans.ToList().FindIndex(p => p.ToString() == "cut1@3/8b?h-/0.4")); // would try nothing
    }

    [Fact]
    public void SharesAndAccuraciesAreThoseOfTheImages()
    {
        var (table, outcomes) = (GatedWorld.Model().Table, GatedWorld.Profile.Outcomes!);
        var plan = Plan(table, "cut2@3/4b?c0.7*2");
        var ways = table.Ways(plan).ToArray();
        var first = Enumerable.Range(0, GatedWorld.Images).Where(i => outcomes.Confidence[0][i] >= 0.7).ToArray();
        var second = Enumerable.Range(0, GatedWorld.Images).Except(first).Where(i => outcomes.Confidence[1][i] >= 0.7).ToArray();
        var rest = Enumerable.Range(0, GatedWorld.Images).Except(first).Except(second).ToArray();
        double Right(int exit, int[] images) => images.Count(i => outcomes.Correct[exit][i] == '1') / (double)images.Length;
        Assert.Equal(first.Length / 400.0, ways[0].Share, 12);
        Assert.Equal(Right(0, first), ways[0].Accuracy, 12);
        Assert.Equal(Right(1, second), ways[1].Accuracy, 12);
        Assert.Equal(Right(0, [.. second, .. rest]), ways[0].HeldAccuracy, 12);
        Assert.Equal(Right(2, rest) - 0.03, ways[2].Accuracy, 12);
        Assert.All(first, i => Assert.Equal(0, table.WayOf(plan, i)));
        Assert.All(rest, i => Assert.Equal(2, table.WayOf(plan, i)));
        Assert.Equal(ways.Sum(w => w.Share * w.Accuracy), table[plan].Accuracy, 12);
        Assert.Equal(rest.Length / 400.0, table[plan].GoesOn, 12);
    }

    [Fact]
    public void AProfileWithoutImagesHasNoSuchPlans()
    {
        var e = Assert.Throws<InputException>(() => PlanTable.Of(TestWorld.Profile, [8], false, [GatedWorld.Sure]));
        Assert.Contains("outcomes", e.Message);
    }

    [Theory]
    [InlineData(AccuracySource.Expected)]
    [InlineData(AccuracySource.Images)]
    public void ThePredictionIsTheMeanOfWhatHappensToTheImages(AccuracySource source)
    {
        var rng = new Rng(9);
        var kinds = new HashSet<OutcomeKind>();
        for (var trial = 0; trial < 6; trial++)
        {
            double rate = 2e5 * Math.Pow(20, rng.NextDouble()), deadline = 0.1 + 0.4 * rng.NextDouble();
            var scenario = TestWorld.Scenario with
            {
                Uplink = TestWorld.Scenario.Uplink with { PriorBitsPerSecond = rate, PriorRtt = 0.04, HeaderBytes = 100 },
                Reward = TestWorld.Scenario.Reward with { Accuracy = source },
            };
            var model = GatedWorld.Model(scenario);
            for (var p = 0; p < model.Count; p++)
            {
                if (model.Table.Ways(p).IsEmpty || model.Table.Plans[p].Probe)
                    continue;
                var expected = model.Predict(p, new Timeline(links: TestWorld.Constant(rate, 40), model: model).Look(0, deadline));
                double reward = 0, latency = 0, energy = 0, device = 0, uplink = 0;
                for (var image = 0; image < GatedWorld.Images; image++)
                {
                    var timeline = new Timeline(links: TestWorld.Constant(rate, 40), model: model);
                    var outcome = timeline.End(timeline.At(0, model.Table.Plans[p].ToString(), deadline, image));
                    kinds.Add(outcome.Kind);
                    Assert.Equal(outcome.InTime, outcome.Exit >= 0);
                    Assert.Equal(image, outcome.Image);
                    reward += outcome.Reward / GatedWorld.Images;
                    latency += outcome.Latency / GatedWorld.Images;
                    energy += outcome.Energy / GatedWorld.Images;
                    device += outcome.Device / GatedWorld.Images;
                    uplink += outcome.Uplink / GatedWorld.Images;
                }
                Assert.Equal(latency, expected.Latency, 7);
                Assert.Equal(energy, expected.Energy, 7);
                Assert.Equal(device, expected.DeviceSeconds, 7);
                Assert.Equal(uplink, expected.UplinkSeconds, 7);
                // Fallback branches count their overall accuracy, whoever reaches them.
                if (source == AccuracySource.Expected || deadline > 0.45)
                    Assert.Equal(reward, expected.Reward, source == AccuracySource.Expected ? 7 : 1);
            }
        }
        Assert.Superset(new HashSet<OutcomeKind> { OutcomeKind.Answered, OutcomeKind.Fallback, OutcomeKind.Missed }, kinds);
    }

    [Fact]
    public void WhoPassedAnExitHasItsAnswerWhenTheBranchComesTooLate()
    {
        // The link carries nothing in time, and when the better branch should start the device is busy with another request.
        var model = GatedWorld.Model(TestWorld.Scenario with { Reward = TestWorld.Scenario.Reward with { FallbackShare = 0.6 } });
        var plan = Plan(model.Table, "cut2@3/8b?c0.7*2");
        var image = Enumerable.Range(0, GatedWorld.Images).First(i => model.Table.WayOf(plan, i) == 2);
        var timeline = new Timeline(links: TestWorld.Constant(1e3), model: model);
        var request = timeline.At(0, "cut2@3/8b?c0.7*2", 0.5, image);
        timeline.At(0.3, "local@3", 1);
        var outcome = timeline.End(request);
        Assert.Equal((OutcomeKind.Fallback, 1), (outcome.Kind, outcome.Exit));
        Assert.Equal(model.Table.Ways(plan)[1].HeldAccuracy, outcome.Accuracy, 12);
        Assert.Equal(0.5, outcome.Latency, 9);
    }

    [Fact]
    public void PlansOfOtherGatesPruneNoPlan()
    {
        var (all, without) = (GatedWorld.Model(), PlanTable.Of(GatedWorld.Profile, [4, 8], probe: true));
        var pruned = all.Table.Plans.Pruned(all.Table, DominanceTolerance.Default).Plans;
        var alone = without.Pruned(new CostTable(GatedWorld.Profile, without, TestWorld.Scenario), DominanceTolerance.Default).Plans;
        Assert.Equal(alone, pruned.Where(p => p.Gate is null));
        Assert.Contains(pruned, p => p.Gate is not null);
    }

    private static int Plan(CostTable table, string text) => table.Plans.Plans.ToList().FindIndex(p => p.ToString() == text);
}
