using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;

namespace RlOffload.Tests.Environment.Plans;

public sealed class CostTableTests
{
    private static PlanCost Of(CostTable table, string plan) => table[Enumerable.Range(0, table.Count).Single(p => table.Plans[p].ToString() == plan)];

    [Fact]
    public void CostsAreTheProfilesTimesTheScenariosFactors()
    {
        var scenario = TestWorld.Scenario with
        {
            Device = new DeviceSpec(TimeFactor: 7, PackSecondsPerElement: 1e-6), Server = new ServerSpec(TimeFactor: 0.5), Uplink = new UplinkSpec(HeaderBytes: 64),
        };
        var table = new CostTable(TestWorld.Profile, PlanTable.Of(TestWorld.Profile, [4, 8], true), scenario);
        Assert.Equal(new PlanCost(0.2 * 0.7, 0, 0, 0.8, 300_000), Of(table, "local@2") with { DeviceSeconds = 0.2 * 0.7 });
        Assert.Equal(0.14, Of(table, "local@2").DeviceSeconds, 12);
        Assert.Equal(new PlanCost(0, 25_064, 0.015, 0.9, 0), Of(table, "remote@3"));
        var cut = Of(table, "cut2@3/4b");
        Assert.Equal(0.016 * 7 + 0.002, cut.DeviceSeconds, 12);
        Assert.Equal((1064, 0.007, 0.87), (cut.Bytes, cut.ServerSeconds, cut.Accuracy));
        Assert.Equal(default, Of(table, "drop+probe"));
    }

    [Fact]
    public void ASlowerClockSlowsWhatTheDeviceComputesAndNothingElse()
    {
        var table = TestWorld.Model(TestWorld.Clocked with { Device = TestWorld.Clocked.Device with { PackSecondsPerElement = 1e-6 } }).Table;
        var (fast, slow) = (Of(table, "cut2@3/4b"), Of(table, "cut2@3/4b~250MHz"));
        Assert.Equal(4 * 0.162, slow.DeviceSeconds, 12);
        Assert.Equal(fast, slow with { DeviceSeconds = fast.DeviceSeconds });
        var branch = table.Fallback(Enumerable.Range(0, table.Count).Single(p => table.Plans[p].ToString() == "cut2@3/4b"), 1);
        Assert.Equal(branch, table.Fallback(Enumerable.Range(0, table.Count).Single(p => table.Plans[p].ToString() == "cut2@3/4b~250MHz"), 1));
        var gated = GatedWorld.Profile is var profile ? new CostTable(profile, PlanTable.Of(profile, [8], false, [GatedWorld.Sure], TestWorld.Clocks), TestWorld.Clocked) : null!;
        for (var p = 0; p < gated.Count; p++)
            if (gated.Plans[p] is { Gate: not null, Clock: not null } plan)
            {
                var at = gated.Plans.IndexOf(plan with { Clock = null });
                Assert.Equal(gated.Ways(at).ToArray().Select(w => w.DeviceSeconds * plan.Clock.TimeFactor), gated.Ways(p).ToArray().Select(w => w.DeviceSeconds), Close);
                Assert.Equal(gated[at].DeviceSeconds * plan.Clock.TimeFactor, gated[p].DeviceSeconds, 9);
            }
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-9;

    [Theory]
    [InlineData(double.NegativeInfinity)]
    [InlineData(0)]
    [InlineData(0.02)]
    [InlineData(0.07)]
    [InlineData(1)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    public void TheMostAccurateBranchThatFitsFallsBackElseTheQuickest(double seconds)
    {
        var table = TestWorld.Model(TestWorld.Scenario).Table;
        for (var p = 0; p < table.Count; p++)
        {
            var branches = table.Branches(p).ToArray();
            var best = branches.Length == 0 ? FallbackBranch.None : branches.Where(b => b.Seconds <= seconds).DefaultIfEmpty(branches[0]).MaxBy(b => b.Accuracy);
            Assert.Equal(best, table.Fallback(p, seconds));
        }
    }

    [Fact]
    public void BytesOfOddBitsAreRoundedUp()
    {
        var profile = TestWorld.Profile with
        {
            Cuts = [.. TestWorld.Profile.Cuts.Select(c => c.Id == 2 ? c with { Tensors = [new CutTensor("b", 1001, 4004)] } : c)],
            Accuracy = [.. TestWorld.Profile.Accuracy, .. TestWorld.Profile.Accuracy.Where(a => a.Bits == 4).Select(a => a with { Bits = 3 })],
        };
        var table = new CostTable(profile, PlanTable.Of(profile, [3], false), TestWorld.Scenario);
        Assert.Equal(376, Of(table, "cut2@3/3b").Bytes);
    }

    [Fact]
    public void AnEncodingIsTakenFromTheProfileWithItsLoss()
    {
        var profile = TestWorld.Profile with { InputEncodings = [new("raw", 25_000, 0), new("jpeg-75", 4_000, 0.02)] };
        var plans = PlanTable.Of(profile, [8], false);
        var jpeg = Of(new CostTable(profile, plans, TestWorld.Scenario with { Uplink = TestWorld.Scenario.Uplink with { InputEncoding = "jpeg-75" } }), "remote@3");
        Assert.Equal((4000, 0.88), (jpeg.Bytes, jpeg.Accuracy));
        var floats = Of(new CostTable(profile, plans, TestWorld.Scenario with { Uplink = TestWorld.Scenario.Uplink with { InputEncoding = "float32" } }), "remote@3");
        Assert.Equal(100_000, floats.Bytes);
        var e = Assert.Throws<InputException>(() => new CostTable(profile, plans, TestWorld.Scenario with { Uplink = TestWorld.Scenario.Uplink with { InputEncoding = "png" } }));
        Assert.Contains("'png', allowed: raw, jpeg-75, float32", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BitsWithoutAMeasuredAccuracyAreRefused()
    {
        var e = Assert.Throws<InputException>(() => new CostTable(TestWorld.Profile, PlanTable.Of(TestWorld.Profile, [6], false), TestWorld.Scenario));
        Assert.Contains("6 bits", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ThirtyTwoBitsLoseNothingEvenIfNotMeasured()
    {
        var profile = TestWorld.Profile with { Accuracy = [] };
        Assert.Equal(0.9, Of(new CostTable(profile, PlanTable.Of(profile, [32], false), TestWorld.Scenario), "cut1@3/32b").Accuracy);
    }
}
