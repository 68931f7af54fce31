using System.Globalization;
using System.Reflection;
using System.Text.Json;
using RlOffload.Agents;
using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Policies;
using RlOffload.Training.Distillation;
using RlOffload.Training.Evaluation;

namespace RlOffload.Training;

/// <summary>Freezes the agent of a run: the graph, what it observes and chooses among, and golden vectors of decisions it made while playing.</summary>
public static class PolicyExport
{
    /// <summary>Decisions kept as golden vectors, spread over as many tuning windows.</summary>
    public const int Golden = 32;

    /// <summary>
    /// What the run's guard deploys for the world that it was trained in; for another network (<paramref name="world"/> of another config) always the agent,
    /// because the guard's verdict does not hold there: the agent, or the planner 'priced' where that is better.
    /// </summary>
    /// <param name="name">How the policy calls itself in reports; null: agent or planner.</param>
    /// <param name="planners">For the planner's constants.</param>
    /// <param name="unguarded">The agent, whatever the guard found.</param>
    /// <exception cref="InputException">
    /// The run is damaged or was made with other files than its config names now, or its guard deploys a planner that is no graph.
    /// </exception>
    public static FrozenPolicy Write(RunFolder run, World world, string? name, string folder, Func<PlannerSetup> planners, bool unguarded = false)
    {
        var manifest = run.ReadManifest();
        var elsewhere = manifest.ProfileSha256 != world.ProfileHash || manifest.PlansSha256 != world.Plans.Hash || manifest.ScenarioSha256 != world.ScenarioHash;
        var row = Contestants.NameOf(manifest.Agent);
        var best = elsewhere ? Transferred(run, world, manifest) : unguarded || manifest.Guard is null || manifest.Guard.Deploys == row ? run.LoadBest(world) : Planner(run, manifest.Guard, row, world, planners());
        var frozen = best.Learned.Freeze();
        var root = Path.GetFullPath(folder);
        var policy = Describe(best, world, manifest, root) with
        {
            Name = name ?? best.Name,
            Prior = frozen.Prior is { } prior ? new FrozenPrior(prior.DevicePrice, prior.UplinkPrice, prior.Weight) : null,
            Golden = Play(best, frozen.Answer, frozen.Prior, world),
            Training = Manifest(manifest, world, elsewhere ? null : ScoreOf(run, best.Name == manifest.Agent ? row : best.Name)) with
            {
                Guard = elsewhere ? null : manifest.Guard,
                Transfers = best.Name == manifest.Agent && run.Transfers(),
                TrainedOn = manifest.ProfileSha256 != world.ProfileHash ? manifest.ProfileSha256 : null,
            },
        };
        FrozenPolicyFile.Write(root, policy, frozen.Graph.ToBytes());
        return policy;
    }

    /// <summary>A tree or table that was distilled from the agent of a run, in the world that the run was trained in.</summary>
    internal static FrozenPolicy WriteDistilled(DistilledPolicy distilled, LearnedPolicy student, RunManifest manifest, World world, string folder)
    {
        var root = Path.GetFullPath(folder);
        var policy = Describe(student, world, manifest, root) with
        {
            Name = $"{manifest.Agent}-{student.Name}",
            Form = distilled.Regions.Regions.Form,
            Golden = Play(student, distilled.Answer, null, world),
        };
        FrozenPolicyFile.Write(root, policy, distilled.Regions.ToBytes());
        return policy;
    }

    /// <summary>All but how it decides and how well.</summary>
    private static FrozenPolicy Describe(LearnedPolicy best, World world, RunManifest manifest, string root)
    {
        return new FrozenPolicy
        {
            Name = best.Name,
            Model = new FrozenModel(world.Experiment.Model is { } model ? Path.GetRelativePath(root, model) : world.Profile.Model.Path, world.Profile.Model.Sha256),
            Profile = new FrozenProfile(Path.GetRelativePath(root, world.Experiment.Profile), ProfileHashes.Of(world.Profile)),
            Observation = best.View.Layout.Fields,
            Plans = [.. world.Plans.Plans.Select(FrozenPlan.Of)],
            PlansSha256 = world.Plans.Hash,
            Scenario = world.Scenario,
            Shield = best.View.IsShielded ? new FrozenShield(DeadlineShield.Rule, DeadlineShield.OneInTen) : null,
            ProbeAfterSeconds = best.View.ProbeAfter,
            Golden = [],
            Training = Manifest(manifest, world, null),
        };
    }

    private static TrainingManifest Manifest(RunManifest manifest, World world, double? score) =>
        new(manifest.Name, manifest.Seed, manifest.BestStep, manifest.Started, manifest.TrainingLinks,
            new Dictionary<string, string>
            {
                ["rloffload"] = typeof(PolicyExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
                ["dotnet"] = manifest.DotNet,
                ["onnxruntime"] = world.Profile.Machine.OnnxRuntime,
            }, score);

    /// <exception cref="InputException">The run's agent knows plans by their place in the table.</exception>
    private static LearnedPolicy Transferred(RunFolder run, World world, RunManifest manifest)
    {
        if (!run.Transfers())
        {
            foreach (var (key, trained, here) in new[] { ("profile_sha256", manifest.ProfileSha256, world.ProfileHash), ("plans_sha256", manifest.PlansSha256, world.Plans.Hash) })
                if (trained != here)
                    throw new InputException(run.Manifest, key, $"is {trained[..12]}..., that of {world.Experiment.File} {here[..12]}...; allowed is what the run was trained on, "
                        + $"because its agent, {manifest.Agent}, knows plans by their place in the table");
        }
        return run.LoadBest(world);
    }

    private static LearnedPolicy Planner(RunFolder run, GuardVerdict verdict, string agent, World world, PlannerSetup planners)
    {
        if (verdict.Deploys != "priced" || world.Scenario.Budgets is not null)
            throw new InputException(run.Manifest, "guard", string.Create(CultureInfo.InvariantCulture,
                $"deploys the planner {verdict.Deploys}, which earned {verdict.Merits[verdict.Deploys]:F4} a request on {verdict.Windows} validation windows, {agent} {verdict.Merits[agent]:F4}; ")
                + "that planner is no graph and cannot be exported; allowed is --unguarded, which exports the agent all the same, or a run whose agent is better");
        var view = new AgentView(world.CostModel, world.Choices);
        return new LearnedPolicy("priced", new PricedPolicy(view, PricedPlanner.Tuned(planners).Prices), view);
    }

    private static List<GoldenVector> Play(LearnedPolicy best, FrozenGraph.Logits answer, PlannerPrior? starts, World world)
    {
        var environment = world.Tuning.Environment(world.CostModel);
        var golden = new List<GoldenVector>();
        var view = best.View;
        var observation = new float[view.Size];
        var mask = new bool[view.Actions];
        var prior = new float[starts is null ? 0 : mask.Length];
        var logits = new float[mask.Length];
        for (var window = 0; window < Golden; window++)
        {
            environment.Reset(WindowNumbers.Validation + window);
            // A different request of each window, so that bursts, stale knowledge and queues all occur.
            var kept = window * world.Scenario.Requests / Golden;
            while (environment.Observation.Request < kept)
                environment.Step(best.Decide(environment.Observation, environment.Mask));
            view.Write(environment.Observation, environment.Mask, observation, mask);
            if (window % 2 == 1)
                Thin(mask, window, world);
            starts?.Write(view, environment.Observation, prior);
            answer(observation, mask, prior, logits);
            golden.Add(new GoldenVector([.. observation], string.Concat(mask.Select(m => m ? '1' : '0')), [.. logits],
                best.Learned.Decide(environment.Observation, observation, mask), prior.Length > 0 ? [.. prior] : null));
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

    private static double? ScoreOf(RunFolder run, string row)
    {
        try
        {
            return JsonSerializer.Deserialize<EvaluationReport>(File.ReadAllBytes(run.Evaluation), ProfileFile.Json)?.Policies.FirstOrDefault(p => p.Name == row)?.Score?.Mean;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }
}
