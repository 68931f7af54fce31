using System.Reflection;
using System.Text.Json;
using RlOffload.Agents.Sac;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Policies;
using RlOffload.Training.Evaluation;

namespace RlOffload.Training;

/// <summary>Freezes the agent of a run: the graph, what it observes and chooses among, and golden vectors of decisions it made while playing.</summary>
public static class PolicyExport
{
    /// <summary>Decisions kept as golden vectors, spread over as many tuning windows.</summary>
    public const int Golden = 32;

    /// <param name="name">How the policy calls itself in reports.</param>
    /// <exception cref="InputException">The run is damaged or was made with other files than its config names now.</exception>
    public static FrozenPolicy Write(RunFolder run, World world, string name, string folder)
    {
        var manifest = run.ReadManifest();
        if (manifest.ProfileSha256 != world.ProfileHash)
            throw new InputException(run.Manifest, "profile_sha256", $"is {manifest.ProfileSha256[..12]}..., {world.Experiment.Profile} has {world.ProfileHash[..12]}...; allowed is the profile that the run was trained on");
        var agent = run.LoadBest(world);
        var layout = new ObservationLayout(world.CostModel, world.Choices);
        var root = Path.GetFullPath(folder);
        var policy = new FrozenPolicy
        {
            Name = name,
            Model = new FrozenModel(world.Experiment.Model is { } model ? Path.GetRelativePath(root, model) : world.Profile.Model.Path, world.Profile.Model.Sha256),
            Profile = new FrozenProfile(Path.GetRelativePath(root, world.Experiment.Profile), ProfileHashes.Of(world.Profile)),
            Observation = layout.Fields,
            Plans = [.. world.Plans.Plans.Select(FrozenPlan.Of)],
            PlansSha256 = world.Plans.Hash,
            Scenario = world.Scenario,
            Golden = Play(agent, layout, world),
            Training = new TrainingManifest(manifest.Name, manifest.Seed, manifest.BestStep, manifest.Started, manifest.TrainingLinks,
                new Dictionary<string, string>
                {
                    ["rloffload"] = typeof(PolicyExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
                    ["dotnet"] = manifest.DotNet,
                    ["onnxruntime"] = world.Profile.Machine.OnnxRuntime,
                }, ScoreOf(run)),
        };
        FrozenPolicyFile.Write(root, policy, PolicyGraph.Of(agent).ToBytes());
        return policy;
    }

    private static List<GoldenVector> Play(DiscreteSac agent, ObservationLayout layout, World world)
    {
        var environment = world.Tuning.Environment(world.CostModel);
        var golden = new List<GoldenVector>();
        var observation = new float[layout.Size];
        var mask = new bool[world.Choices.Count];
        var logits = new float[mask.Length];
        var unused = new Rng(0);
        for (var window = 0; window < Golden; window++)
        {
            environment.Reset(WindowNumbers.Validation + window);
            // A different request of each window, so that bursts, stale knowledge and queues all occur.
            var kept = window * world.Scenario.Requests / Golden;
            while (!environment.Truncated)
            {
                layout.Write(environment.Observation, observation);
                for (var i = 0; i < mask.Length; i++)
                    mask[i] = environment.Mask[world.Choices[i]];
                if (environment.Observation.Request == kept)
                {
                    if (window % 2 == 1)
                        Thin(mask, window, world);
                    agent.Logits(observation, mask, logits);
                    golden.Add(new GoldenVector(
                        [.. observation], string.Concat(mask.Select(m => m ? '1' : '0')), [.. logits], agent.Act(observation, mask, ref unused, greedy: true)));
                    break;
                }
                var plan = agent.Act(observation, mask, ref unused, greedy: true);
                environment.Step(world.Choices[plan]);
            }
        }
        return golden;
    }

    /// <summary>Forbids half of the plans but drop: a device with memory and energy forbids none, and the graph's mask must be proved too.</summary>
    private static void Thin(Span<bool> mask, int window, World world)
    {
        var rng = Rng.Keyed(world.Experiment.Seed, (ulong)window, 0, RngPurpose.Policy);
        for (var i = 0; i < mask.Length; i++)
            mask[i] &= world.Plans[i].Kind == PlanKind.Drop || rng.NextDouble() < 0.5;
    }

    private static double? ScoreOf(RunFolder run)
    {
        try
        {
            return JsonSerializer.Deserialize<EvaluationReport>(File.ReadAllBytes(run.Evaluation), ProfileFile.Json)?.Policies.FirstOrDefault(p => p.Name == "sac")?.Score?.Mean;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }
}
