using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Replay;
using RlOffload.Agents.Sac;
using RlOffload.Environment;
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
        ["sac-features"] = new() { Hidden = Hidden, Batch = Batch, EntropyAnnealUpdates = 200, Plans = PlanKnowledge.Features },
        ["sac-imitating"] = new() { Hidden = Hidden, Batch = Batch },
    };

    public static TheoryData<string, string> Cases => GoldenFile.Cases(Forms.Keys);

    [Theory, MemberData(nameof(Cases))]
    public void TheFirstGradientsAndTheWeightsAfterOneAndAHundredUpdatesAreThoseOfPyTorchInFloat64(string form, string engine)
    {
        var golden = new GoldenFile(form);
        var observations = Observations + (Forms[form].Plans == PlanKnowledge.Features ? Actions * PlanFeatures.Count : 0);
        using var agent = new DiscreteSac(observations, Actions, Forms[form], 1, Engines.Of(engine), keepGradients: true);
        foreach (var (name, network) in Networks(agent))
            for (var i = 0; i < network.Names.Count; i++)
                golden.Fill(network[i], $"{name}.{i}");
        using var lesson = form == "sac-imitating" ? new Imitating(agent, Forms[form], engine) : null;

        for (var update = 0; update < 100; update++)
        {
            golden.Fill(agent.Batch, update % Batches);
            if (lesson is null)
                agent.UpdateAgain();
            else
            {
                golden.Fill(lesson.Taught, update % Batches);
                lesson.Update();
            }
            if (update == 0)
            {
                var (terms, ran) = lesson is null ? (agent.Terms, agent.Engine) : (lesson.Terms, lesson.Engine);
                var gradients = new[] { "q1", "q2", "actor" }.SelectMany((name, n) => terms.Gradients[n].Select((g, i) => golden.Off(ran.Read(g), $"gradient.{name}.{i}")));
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

    /// <summary>The agent's update while it imitates, on what a golden file says was taught.</summary>
    private sealed class Imitating : IDisposable
    {
        private readonly SacNetworks _networks;

        public Imitating(DiscreteSac agent, SacOptions options, string engine)
        {
            _networks = agent.Networks;
            Terms = new SacUpdate(agent.Networks, agent.Batch, options, keepGradients: true, Taught);
            Engine = Engines.Of(engine)(Terms.Graph);
        }

        public TaughtBatch Taught { get; } = new(Batch, Observations, Actions, prior: false);
        public SacUpdate Terms { get; }
        public IEngine Engine { get; }

        public void Update()
        {
            foreach (var adam in (Adam[])[_networks.ActorAdam, .. _networks.Critics.Select(c => c.Adam)])
                adam.Advance();
            Engine.Run();
        }

        public void Dispose() => Engine.Dispose();
    }
}
