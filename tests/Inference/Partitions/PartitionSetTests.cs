using RlOffload.Environment;
using RlOffload.Inference.Partitions;

namespace RlOffload.Tests.Inference.Partitions;

public sealed class PartitionSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ADeviceNeedsHeadsWholesAndBranchesAndAServerTails()
    {
        var network = new TestNetwork(_folder);
        Assert.Equal(
            ["Head -1 0", "Head -1 1", "Head -1 2", "Tail 0 1", "Tail 1 1", "Tail 1 2", "Whole 0 0", "Whole 1 0"],
            PartitionSet.DeviceParts(network.Model()).Select(p => $"{p.Kind} {p.Exit} {p.Cut}").Order(StringComparer.Ordinal));
        Assert.Equal(
            ["Tail 0 1", "Tail 1 1", "Tail 1 2", "Whole 0 0", "Whole 1 0"],
            PartitionSet.ServerParts(network.Model().Table.Plans).Select(p => $"{p.Kind} {p.Exit} {p.Cut}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void WithinABudgetThePlansThatNeedLeastArePreparedAndAPlanIsReadyOnlyWithAllItsParts()
    {
        var model = new TestNetwork(_folder).Model();
        for (var most = 0; most <= 9; most++)
        {
            var open = new List<PartKey>();
            var ready = new bool[model.Count];
            foreach (var plan in PartitionSet.Prepare(model, open.Add, budget: most, () => open.Count))
                ready[plan] = true;
            Assert.Equal(open.Count, open.Distinct().Count());
            Assert.True(open.Count < most + 4, $"{open.Count} parts of {most}");
            for (var p = 0; p < model.Count; p++)
            {
                var plan = model.Table.Plans[p];
                var needs = PartitionSet.DeviceParts(model).Where(k => plan.Kind switch
                {
                    RlOffload.Environment.Plans.PlanKind.Local => k == new PartKey(PartKind.Whole, plan.Exit, 0),
                    RlOffload.Environment.Plans.PlanKind.Split => k.Kind is PartKind.Head or PartKind.Tail && k.Cut == plan.Cut,
                    RlOffload.Environment.Plans.PlanKind.Remote => k.Kind == PartKind.Whole || k == new PartKey(PartKind.Head, -1, 0),
                    _ => false,
                });
                Assert.Equal(ready[p], needs.All(open.Contains));
            }
        }
        Assert.Equal(Enumerable.Range(0, model.Count), PartitionSet.Prepare(model, _ => { }, double.PositiveInfinity).Order());
    }

    [Fact]
    public void PartsThatShareWeightsAnswerWhatTheyAnswerAlone()
    {
        var network = new TestNetwork(_folder);
        using var partitions = new PartitionSet(network.ModelPath, network.Profile);
        using var store = new TensorStore(partitions);
        new RlOffload.Inference.Codec.PixelCodec(network.Profile).Fill(TestNetwork.Frame(1), store.Input.Bytes);
        store.RunWhole(1);
        using var weights = new SharedWeights(partitions.Network.Graph);
        Assert.True(weights.Bytes > 4096);
        using var alone = new SubModel(partitions.Network.Local(1));
        using var answers = alone.Run([store.Input.Value]);
        Assert.Equal(answers[0].GetTensorDataAsSpan<float>().ToArray(), store.Answer(1)[0].Floats.ToArray());
    }

    [Fact]
    public void AnotherModelThanTheProfilesIsRefused()
    {
        var network = new TestNetwork(_folder);
        var other = network.Profile with { Model = network.Profile.Model with { Sha256 = new string('0', 64) } };
        Assert.Contains("sha256", Assert.Throws<InputException>(() => new PartitionSet(network.ModelPath, other)).Message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => new PartitionSet(_folder.At("absent.onnx"), network.Profile));
    }
}
