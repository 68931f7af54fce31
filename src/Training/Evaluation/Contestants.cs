using RlOffload.Agents;
using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Policies;

namespace RlOffload.Training.Evaluation;

/// <summary>Turns what the user typed after --policy into a policy: a planner's name, the folder of a run, or that of a frozen policy.</summary>
public sealed class Contestants(World world, PlannerSetup setup)
{
    private readonly List<string> _warnings = [];

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The policies of one --policy; of a learner one a seed.</summary>
    /// <param name="severalScenarios">Policies of other scenarios are left out with a warning, because no run fits all.</param>
    /// <param name="ofOthers">Though not those that were trained on the same plans.</param>
    public IReadOnlyList<Contestant> Find(PolicyChoice choice, bool severalScenarios = false, bool ofOthers = false)
    {
        var found = new List<Contestant>();
        foreach (var source in choice.Sources)
            try
            {
                if (severalScenarios && !ofOthers && RunFolder.IsIn(source) && !IsOfThisScenario(source))
                    continue;
                var contestant = Find(source);
                found.Add(choice.IsLearner ? contestant with { Name = $"{choice.Name}={source}", Learner = choice.Name } : contestant);
            }
            catch (InputException e) when (choice.IsOneOfAll || (severalScenarios && (!PlannerCatalogue.Knows(source) || LacksImages(source))))
            {
                Warn($"{choice.Name} is left out: {e.Problems[0]}");
            }
        if (found.Count == 0 && !choice.IsOneOfAll && !choice.Sources.Any(PlannerCatalogue.Knows))
            Warn($"{choice.Name} is left out: none of its policies was trained on this scenario");
        return found;
    }

    /// <exception cref="InputException">Neither a planner nor a folder with a run or a frozen policy that fits this config.</exception>
    public Contestant Find(string typed)
    {
        if (PlannerCatalogue.Knows(typed))
            return Planner(typed);
        if (FrozenPolicyFile.IsIn(typed))
            return Frozen(typed);
        if (RunFolder.IsIn(typed))
            return Run(typed);
        throw new InputException("--policy", typed,
            $"is neither a planner nor a folder with a run or a frozen policy, allowed: {string.Join(", ", PlannerCatalogue.All.Select(p => p.Name))}, or such a folder");
    }

    /// <summary>A planner that this scenario's profile knows too little for.</summary>
    private bool LacksImages(string name) => world.Profile.Outcomes is null && PlannerCatalogue.All.Any(p => p.Name == name.Split('@')[0] && p.NeedsImages);

    /// <summary>Whether it is a planner that sees what no device can.</summary>
    public static bool IsDiagnostic(string name) => PlannerCatalogue.All.Any(p => p.Name == name.Split('@')[0] && p.IsDiagnostic);

    /// <summary>Whether it is a planner that could run on a device, with or without a width.</summary>
    public static bool IsCausalPlanner(string name) => PlannerCatalogue.Knows(name) && !IsDiagnostic(name);

    /// <summary>Tuning happens once here; the threads' own instances find the constants.</summary>
    public Contestant Planner(string name)
    {
        if (PlannerCatalogue.Create(name, setup) is IPlannerNote { Note: var note })
            Warn($"{name}: {note}");
        return new Contestant(name, () => PlannerCatalogue.Create(name, setup), p => p is IConstrainedPolicy c ? c.Violations : Contestant.NoViolations)
        {
            TuningTrials = setup.TuningTrials(name),
        };
    }

    /// <summary>The row of an agent in a report: its name, unless a planner is called that.</summary>
    public static string NameOf(string agent) => PlannerCatalogue.Knows(agent) ? agent + " (trained)" : agent;

    /// <summary>A trained agent over this world's plans, as it is now.</summary>
    public Contestant Agent(string name, LearnedPolicy trained)
    {
        var kept = trained.Copy(name);
        // Its scratch memory serves one thread, so each gets a copy.
        return new Contestant(name, () => kept.Copy(name));
    }

    private Contestant Run(string folder)
    {
        var run = new RunFolder(folder);
        var manifest = run.ReadManifest();
        if (manifest.PlansSha256 != world.Plans.Hash && !run.Transfers())
            throw new InputException(run.Manifest, "plans_sha256", $"is {RunFolder.Short(manifest.PlansSha256)}, this config has {RunFolder.Short(world.Plans.Hash)}; "
                + $"allowed is a run with the same plan table, because its agent, {manifest.Agent}, knows plans by their place in it");
        if (manifest.ScenarioSha256 != world.ScenarioHash)
            _warnings.Add($"{folder} was trained on another scenario than this config's");
        return Agent(folder, run.LoadBest(world)) with { TuningTrials = manifest.TuningTrials };
    }

    private bool IsOfThisScenario(string folder) =>
        new RunFolder(folder).ReadManifest() is var m && m.PlansSha256 == world.Plans.Hash && m.ScenarioSha256 == world.ScenarioHash;

    private Contestant Frozen(string folder)
    {
        var policy = FrozenPolicyFile.Read(folder);
        var map = new PlanMap(policy.Table(), world.FullTable);
        // Refused here rather than in the threads that play it.
        DeployedPolicy.Open(folder, world.Profile, Warn).Dispose();
        return new Contestant(folder, () => new MappedPolicy(DeployedPolicy.Open(folder, world.Profile, Warn), map));
    }

    private void Warn(string warning)
    {
        lock (_warnings)
            if (!_warnings.Contains(warning))
                _warnings.Add(warning);
    }
}
