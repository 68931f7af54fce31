using Microsoft.ML.OnnxRuntime;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Images;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Profiling;
using RlOffload.Onnx;

namespace RlOffload.Tests.Inference.Profiling;

/// <summary>The profile in the repository against the network in the repository.</summary>
public class ShippedProfileTests
{
    private static readonly ModelProfile Profile = ProfileFile.Read(Repository.At("models/fashion_frames.profile.json"));
    private static readonly string Model = Repository.At("models/fashion_frames.onnx");

    [Fact]
    public void ItIsOfTheShippedNetworkAndOfImagesThatAreNotShipped()
    {
        Assert.Equal(SplitNetwork.HashOf(Model), Profile.Model.Sha256);
        Assert.Equal(["exit1", "exit2", "exit3", "exit4", "exit5"], Profile.Exits.Select(e => e.Output));
        Assert.All(Profile.Cuts, c => Assert.True(c.Identical));
        Assert.True(Profile.Outcomes!.Images >= 4000);
        Assert.Contains("from items 1000 to 5999", Profile.Model.Images);
    }

    [Fact]
    public void ItsCutsAndMemoryAreThoseOfTheNetwork()
    {
        var graph = new GraphView(OnnxModel.Load(Model));
        var network = new SplitNetwork(graph, TensorProbe.Find(graph, null));

        Assert.Equal(CutFinder.Find(graph, ExitList.Of(graph, null)).Select(c => string.Join(',', c.Tensors)),
            Profile.Cuts.Select(c => string.Join(',', c.Tensors.Select(t => t.Name))));
        foreach (var p in Profile.Partitions.Where(p => p.Cut > 0))
            Assert.Equal(PeakMemory.OfHead(graph, [.. Profile.Cuts[p.Cut].Tensors.Select(t => t.Name)], network.Tensors), p.HeadMemoryBytes);
    }

    [Fact]
    public void ItsAccuracyHoldsOnOtherImagesToo()
    {
        var network = SplitNetwork.Load(Model, Profile);
        var images = LabelledImages.Read(Repository.At("models/fashion-test-1000-images-idx3-ubyte.gz"), null, [3, 96, 96], 0, 200, 1);
        var cut = CutFinder.Find(network.Graph, ExitList.Of(network.Graph, null))[3];
        var tensors = TensorProbe.Find(network.Graph, null);
        var meter = new AccuracyMeter(new SplitNetwork(network.Graph, tensors), [.. Profile.Exits.Select(e => e.Output)], images, Profile.Model.Pixels!);

        var shares = meter.Measure(cut, _ => { }, default);

        // Three standard errors of 200 images are 0.09 at the first exit.
        for (var e = 0; e < 5; e++)
            for (var b = 0; b < ProfileOptions.Bits.Count; b++)
                Assert.Equal(Profile.Accuracy.Single(a => (a.Exit, a.Cut, a.Bits) == (e, 3, ProfileOptions.Bits[b])).Value, shares[e][b], 0.1);
    }

    [Fact]
    public void EveryHeadAndTailLoadsAsItIsServed()
    {
        var network = SplitNetwork.Load(Model, Profile);
        foreach (var cut in Profile.Cuts.Where(c => c.Id > 0))
        {
            using var head = new SubModel(network.Head(cut.Id)!, GraphOptimizationLevel.ORT_ENABLE_ALL);
            Assert.Equal(cut.Tensors.Select(t => t.Name), head.Outputs);
        }
        foreach (var p in Profile.Partitions.Where(p => !p.Local))
        {
            using var tail = new SubModel(network.Tail(p.Exit, p.Cut));
            Assert.Equal(Profile.Cuts[p.Cut].Tensors.Select(t => t.Name), tail.Inputs);
        }
    }
}
