using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class ProfileGraphTests
{
    /// <summary>The shipped network on a device as slow as the quickstart's.</summary>
    internal static CostModel Shipped()
    {
        var profile = ProfileFile.Read(Repository.At("models/fashion_frames.profile.json"));
        var scenario = new Scenario
        {
            Device = new DeviceSpec(TimeFactor: 576.4 / 0.8658, PackSecondsPerElement: 63e-9),
            Uplink = new UplinkSpec(PriorBitsPerSecond: 2e6),
        };
        return new CostModel(new CostTable(profile, PlanTable.Of(profile, [2, 4, 8, 32], probe: true), scenario), scenario);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(8)]
    public void EveryPlanOfTheShippedNetworkHasItsMeasuredHeadBytesAndTail(int bits)
    {
        var model = Shipped();
        var profile = new ProfileGraph(model, bits);
        Assert.Equal(17, profile.Graph.Layers.Count);
        Holds(model, profile, new SplitChain(model.Table, bits).All);
    }

    [Fact]
    public void WithoutLayersThePiecesBetweenCutsAreAChain()
    {
        for (var world = 0ul; world < 30; world++)
        {
            var model = RandomWorld.Model(world);
            var profile = new ProfileGraph(model, 8);
            Assert.All(profile.Graph.Tensors, t => Assert.Equal([t.Maker + 1], t.Readers));
            Holds(model, profile, new SplitChain(model.Table, 8).All);
        }
    }

    [Fact]
    public void ParallelBranchesShareTheTimeMeasuredAcrossThem()
    {
        var model = Branched();
        var graph = new ProfileGraph(model, 32).Graph;
        // The test world's cuts 1 and 2 lie before and behind two branches of 1 and 3 ms: 8 ms between them, ten times as slow on the device.
        Assert.Equal(6, graph.Layers.Count);
        Assert.Equal(0.080, graph.Layers[0].EdgeSeconds, 12);
        Assert.Equal(0.080 / 5, graph.Layers[1].EdgeSeconds, 12);
        Assert.Equal(3 * 0.080 / 5, graph.Layers[2].EdgeSeconds, 12);
        Assert.Equal(0.008 / 5, graph.Layers[1].CloudSeconds, 12);
        Assert.Equal([1, 2], graph.Tensors.Single(t => t.Maker == 0).Readers);
        Holds(model, new ProfileGraph(model, 32), new SplitChain(model.Table, 32).All);
    }

    /// <summary>The test world with a layer a, two branches of it, their sum b and what makes the answer of exit 3.</summary>
    internal static CostModel Branched(double shrink = 1)
    {
        static CutTensor Tensor(string name, long elements) => new(name, elements, 4 * elements);
        var profile = TestWorld.Profile with
        {
            Nodes =
            [
                new("conv1", "Conv", 5, 32_000, ["frame"], [Tensor("a", 8_000)]),
                new("left", "Conv", 1, 4_000, ["a"], [Tensor("left", (long)(1_000 * shrink))]),
                new("right", "Conv", 3, 4_000, ["a"], [Tensor("right", (long)(1_000 * shrink))]),
                new("sum", "Add", 1, 8_000, ["left", "right"], [Tensor("b", 2_000)]),
                new("fc", "Gemm", 2, 400, ["b"], [Tensor("hidden", 100)]),
                new("exit3", "Gemm", 1, 40, ["hidden"], [Tensor("exit3", 10)]),
            ],
        };
        return new CostModel(new CostTable(profile, PlanTable.Of(profile, [8, 32], probe: false), TestWorld.Scenario), TestWorld.Scenario);
    }

    private static void Holds(CostModel model, ProfileGraph profile, int[] plans)
    {
        Assert.Equal(plans, profile.Prefixes.Select(p => p.Plan));
        var count = profile.Graph.Layers.Count;
        Assert.Equal(count, profile.Prefixes[^1].Layers);
        foreach (var (plan, layers) in profile.Prefixes)
        {
            var stages = RandomGraphs.Stages(profile.Graph, [.. Enumerable.Range(0, count).Select(v => v < layers)], new(1, 8, 1, 0));
            Assert.Equal(model.Table[plan].DeviceSeconds, stages.Edge, 9);
            Assert.Equal(model.Table[plan].Bytes, stages.Sending, 6);
            Assert.Equal(model.Table[plan].ServerSeconds, stages.Cloud, 9);
        }
    }
}
