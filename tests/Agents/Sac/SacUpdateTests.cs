using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Sac;
using RlOffload.Tests.Golden;

namespace RlOffload.Tests.Agents.Sac;

/// <summary>Against updates that PyTorch made in float64 from the same weights and batches: tests/golden/make_sac_goldens.py.</summary>
public sealed class SacUpdateTests
{
    private const int Observations = 6, Actions = 7, Batch = 24, Batches = 3;

    private static readonly int[] Hidden = [12, 12];

    private static readonly Dictionary<string, SacOptions> Forms = new()
    {
        ["sac"] = new() { Hidden = Hidden, Batch = Batch, EntropyAnnealUpdates = 200 },
        ["sac-d"] = SacOptions.Published with { Hidden = Hidden, Batch = Batch },
    };

    public static TheoryData<string, string> Cases => GoldenFile.Cases(Forms.Keys);

    [Theory, MemberData(nameof(Cases))]
    public void TheFirstGradientsAndTheWeightsAfterOneAndAHundredUpdatesAreThoseOfPyTorchInFloat64(string form, string engine)
    {
        var golden = new GoldenFile(form);
        using var agent = new DiscreteSac(Observations, Actions, Forms[form], 1, Engines.Of(engine), keepGradients: true);
        foreach (var (name, network) in Networks(agent))
            for (var i = 0; i < network.Names.Count; i++)
                golden.Fill(network[i], $"{name}.{i}");

        for (var update = 0; update < 100; update++)
        {
            golden.Fill(agent.Batch, update % Batches);
            agent.UpdateAgain();
            if (update == 0)
            {
                var gradients = new[] { "q1", "q2", "actor" }.SelectMany((name, n) => agent.Terms.Gradients[n].Select((g, i) => golden.Off(agent.Engine.Read(g), $"gradient.{name}.{i}")));
                Assert.InRange(gradients.Max(), 0, 1e-5);
                Assert.InRange(WeightsOff("after1"), 0, 3 * golden.Float32Error("after1"));
            }
        }
        Assert.InRange(WeightsOff("after100"), 0, 3 * golden.Float32Error("after100"));

        double WeightsOff(string when) => Networks(agent).Max(n => golden.Off(n.Weights, $"{when}.{n.Name}"));
    }

    private static (string Name, Parameters Weights)[] Networks(DiscreteSac agent) =>
    [
        ("actor", agent.Actor.Parameters), ("q1", agent.Networks.Critics[0].Online.Parameters), ("q2", agent.Networks.Critics[1].Online.Parameters),
        ("slow1", agent.Networks.Critics[0].Target.Parameters), ("slow2", agent.Networks.Critics[1].Target.Parameters), ("log_alpha", agent.Networks.LogAlpha),
    ];
}
