using RlOffload.Agents.Dqn;
using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Replay;
using RlOffload.Tests.Golden;

namespace RlOffload.Tests.Agents.Dqn;

/// <summary>Against updates that PyTorch made in float64 from the same weights and batches: tests/golden/make_dqn_goldens.py.</summary>
public sealed class DqnUpdateTests
{
    private const int Observations = 6, Actions = 7, Batch = 24, Batches = 3;

    private static readonly DqnOptions Options = new() { Hidden = [12, 12], Batch = Batch };

    public static TheoryData<string, string> Cases => GoldenFile.Cases(["dqn", "dqn-imitating"]);

    [Theory, MemberData(nameof(Cases))]
    public void TheFirstGradientsAndTheWeightsAfterOneAndAHundredUpdatesAreThoseOfPyTorchInFloat64(string form, string engine)
    {
        var golden = new GoldenFile(form);
        var (online, target) = (new Mlp(Observations, Options.Hidden, Actions), new Mlp(Observations, Options.Hidden, Actions));
        (string Name, Parameters Weights)[] networks = [("q", online.Parameters), ("slow", target.Parameters)];
        foreach (var (name, weights) in networks)
            for (var i = 0; i < weights.Names.Count; i++)
                golden.Fill(weights[i], $"{name}.{i}");
        var adam = new Adam(online.Parameters, Options.LearningRate, Options.AdamEpsilon);
        var batch = new ReplayBatch(Batch, Observations, Actions, prior: false);
        var taught = form == "dqn" ? null : new TaughtBatch(Batch, Observations, Actions, prior: false);
        var update = new DqnUpdate(online, target, adam, batch, Options, keepGradients: true, taught);
        using var ran = Engines.Of(engine)(update.Graph);

        for (var k = 0; k < 100; k++)
        {
            golden.Fill(batch, k % Batches);
            if (taught is not null)
                golden.Fill(taught, k % Batches);
            adam.Advance();
            ran.Run();
            if (k > 0)
                continue;
            Assert.InRange(update.Gradients.Select((g, i) => golden.Off(ran.Read(g), $"gradient.q.{i}")).Max(), 0, 1e-5);
            Assert.InRange(networks.Max(n => golden.Off(n.Weights, $"after1.{n.Name}")), 0, 3 * golden.Float32Error("after1"));
        }
        Assert.InRange(networks.Max(n => golden.Off(n.Weights, $"after100.{n.Name}")), 0, 3 * golden.Float32Error("after100"));
    }
}
