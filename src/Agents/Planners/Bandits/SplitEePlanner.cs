using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Environment.Simulation;

namespace RlOffload.Agents.Planners;

public enum SplitEeVariant { SplitEe, SplitEeS, ISplitEe }

/// <summary>
/// SplitEE, SplitEE-S and I-SplitEE as planners: an arm is an exit that is tried on the device, with the plan that sends who is not sure there from where it
/// branches off to the deepest exit; the last arm keeps everything on the device. It learns on the training windows, one after the other, and goes on
/// learning from there in each window it plays, so that a window's result does not depend on which came before. Link, queues and deadlines are unknown to it.
/// </summary>
public sealed class SplitEePlanner : IPolicy, IOutcomeSink
{
    private readonly Retreat _retreat;
    private readonly ImageOutcomes _outcomes;
    private readonly SplitBandit _bandit;
    private readonly (int Exit, int Plan)[] _arms;
    private readonly int[] _armOf;
    private readonly bool[] _allowed;
    private readonly double[] _confidences;
    private double[] _start;

    /// <param name="bits">Width of the numbers sent; the published systems send 32.</param>
    /// <exception cref="InputException">The profile does not know single images, or the table lacks the arms' plans.</exception>
    public SplitEePlanner(CostModel model, SplitEeVariant variant, int bits = 32, string name = "splitee")
    {
        Name = name;
        var (profile, plans) = (model.Table.Profile, model.Table.Plans);
        _outcomes = Outcomes(profile);
        _retreat = new Retreat(model.Table);
        var deepest = profile.Exits.Count - 1;
        Gate GateOf(int exit) => variant switch
        {
            SplitEeVariant.SplitEe => PublishedGates.Single(exit, PublishedGates.SplitConfidence),
            SplitEeVariant.SplitEeS => PublishedGates.Seeing(exit, PublishedGates.SplitConfidence),
            _ => PublishedGates.Single(exit, PublishedGates.ImageSplitConfidence),
        };
        var arms = Enumerable.Range(0, deepest).Select(e => (Exit: e, Plan: plans.IndexOf(new(PlanKind.Split, deepest, GatedPath.BranchPoint(profile, e, deepest), bits, Gate: GateOf(e)))))
            .Where(a => a.Plan >= 0).ToList();
        if (arms.Count == 0)
            throw new InputException("plans", "bits", $"the table has no plans of {bits} bits that leave when confident, allowed for {name} are a network of several exits and a width that it was profiled with");
        arms.Add((deepest, plans.IndexOf(new(PlanKind.Local, deepest, profile.Partitions.First(p => p.Exit == deepest && p.Local).Cut, 0))));
        _arms = [.. arms];
        _armOf = new int[plans.Count];
        Array.Fill(_armOf, -1);
        for (var a = 0; a < _arms.Length; a++)
            _armOf[_arms[a].Plan] = a;
        (_allowed, _confidences) = (new bool[_arms.Length], new double[_arms.Length]);
        _bandit = new SplitBandit(variant == SplitEeVariant.ISplitEe
            ? SplitRewards.ISplitEe([.. _arms.Select(a => profile.WholeMs[a.Exit].Median / profile.WholeMs[deepest].Median)])
            : SplitRewards.SplitEe(_arms.Length, variant == SplitEeVariant.SplitEeS));
        _start = _bandit.Save();
    }

    /// <summary>Learned on the setup's training windows.</summary>
    public static SplitEePlanner Learned(PlannerSetup setup, SplitEeVariant variant, int bits, string name)
    {
        var planner = new SplitEePlanner(setup.Model, variant, bits, name);
        double[] Learn()
        {
            var world = setup.Training();
            for (var w = 0; w < setup.TrainingWindows.Count; w++)
            {
                Rollout.Play(world, planner, setup.TrainingWindows[w]);
                planner._start = planner._bandit.Save();
                setup.Progress?.Report((w + 1.0) / setup.TrainingWindows.Count);
            }
            return planner._start;
        }
        planner._start = setup.Constants is { } cache ? cache.GetOrTune(setup.TuningKey(name), c => c.Length == planner._bandit.StateLength, Learn) : Learn();
        planner._bandit.Load(planner._start);
        return planner;
    }

    public string Name { get; }

    /// <summary>The plans that it chooses from, by arm.</summary>
    public IReadOnlyList<int> Plans => [.. _arms.Select(a => a.Plan)];

    public void Begin(int window) => _bandit.Load(_start);

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        for (var a = 0; a < _arms.Length; a++)
            _allowed[a] = mask[_arms[a].Plan];
        var arm = _bandit.Choose(_allowed);
        return _retreat.Unless(arm < 0 ? -1 : _arms[arm].Plan, mask);
    }

    public void Deliver(in Outcome outcome)
    {
        var arm = _armOf[outcome.Plan];
        if (arm < 0 || outcome.Image < 0)
            return;
        if (!outcome.InTime || outcome.Exit < 0)
        {
            _bandit.Lost(arm);
            return;
        }
        for (var a = 0; a <= arm; a++)
            _confidences[a] = _outcomes.Confidence[_arms[a].Exit][outcome.Image];
        _bandit.Learn(arm, _confidences, _outcomes.Confidence[outcome.Exit][outcome.Image]);
    }

    /// <exception cref="InputException">The profile has none.</exception>
    internal static ImageOutcomes Outcomes(ModelProfile profile) => profile.Outcomes ?? throw new InputException(profile.Model.Path, "outcomes",
        "is missing, so nobody knows how sure an exit is of an image; allowed for policies that leave when confident is a profile made with --images and --labels");
}
