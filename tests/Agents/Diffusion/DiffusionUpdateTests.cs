using RlOffload.Agents.Diffusion;
using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Tests.Golden;

namespace RlOffload.Tests.Agents.Diffusion;

/// <summary>Against updates that PyTorch made in float64 from the same weights, batches and noise: tests/golden/make_d2sac_goldens.py.</summary>
public sealed class DiffusionUpdateTests
{
    private const int Observations = 6, Actions = 7, Batches = 3;

    private static readonly Dictionary<string, DiffusionOptions> Forms = new()
    {
        ["d2sac"] = new() { Hidden = 8, Batch = 24, X0Clip = 0 },
        ["d2sac-clipped"] = new() { Hidden = 8, Batch = 24, X0Clip = 5 },
    };

    public static TheoryData<string, string> Cases => GoldenFile.Cases(Forms.Keys);

    [Theory, MemberData(nameof(Cases))]
    public void TheFirstGradientsAndTheWeightsAfterOneAndAHundredUpdatesAreThoseOfPyTorchInFloat64(string form, string engine)
    {
        var golden = new GoldenFile(form);
        using var learner = new DiffusionSac(Observations, Actions, Forms[form], 1, Engines.Of(engine), keepGradients: true);
        foreach (var (name, weights) in Networks(learner))
            for (var i = 0; i < weights.Names.Count; i++)
                golden.Fill(weights[i], $"{name}.{i}");

        for (var update = 0; update < 100; update++)
        {
            golden.Fill(learner.Batch, update % Batches);
            for (var i = 0; i < learner.Terms.Noise.Length; i++)
                golden.Fill(learner.Terms.Noise[i], $"batch{update % Batches}.noise{i}");
            foreach (var adam in learner.Networks.CriticAdams.Append(learner.Networks.ActorAdam))
                adam.Advance();
            learner.Engine.Run();
            if (update == 0)
            {
                var gradients = new[] { "q1", "q2", "actor" }.SelectMany((name, n) => learner.Terms.Gradients[n].Select((g, i) => golden.Off(learner.Engine.Read(g), $"gradient.{name}.{i}")));
                Assert.InRange(gradients.Max(), 0, 1e-4);
                Assert.InRange(WeightsOff("after1"), 0, 3 * golden.Float32Error("after1"));
            }
        }
        Assert.InRange(WeightsOff("after100"), 0, 3 * golden.Float32Error("after100"));

        double WeightsOff(string when) => Networks(learner).Max(n => golden.Off(n.Weights, $"{when}.{n.Name}"));
    }

    private static (string Name, Parameters Weights)[] Networks(DiffusionSac learner) =>
    [
        ("actor", learner.Networks.Actor.Parameters), ("slow_actor", learner.Networks.SlowActor.Parameters),
        ("q1", learner.Networks.Critics[0].Parameters), ("q2", learner.Networks.Critics[1].Parameters),
        ("slow1", learner.Networks.SlowCritics[0].Parameters), ("slow2", learner.Networks.SlowCritics[1].Parameters),
    ];
}
