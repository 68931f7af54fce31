using RlOffload.Environment.Profiles;

namespace RlOffload.Environment.Plans;

/// <summary>What one plan costs on this scenario's machines when nothing is queued and the link is left out.</summary>
/// <param name="DeviceSeconds">Head, quantising and packing on the cool device.</param>
/// <param name="Bytes">Sent over the uplink, header included.</param>
/// <param name="ServerSeconds">Tail on the unloaded server.</param>
/// <param name="Accuracy">Expected share of correct answers, 0..1.</param>
/// <param name="MemoryBytes">Weights plus peak activation on the device.</param>
public readonly record struct PlanCost(double DeviceSeconds, double Bytes, double ServerSeconds, double Accuracy, double MemoryBytes);

/// <summary>A branch that can still answer on the device from the tensor kept at a split.</summary>
/// <param name="Seconds">Device time of the branch; infinite where there is none.</param>
public readonly record struct FallbackBranch(int Exit, double Seconds, double Accuracy)
{
    public static FallbackBranch None => new(-1, double.PositiveInfinity, 0);
    public bool Exists => Exit >= 0;
}

/// <summary>A profile and a scenario, worked out once for every plan of a table. Immutable; shared by threads.</summary>
public sealed class CostTable
{
    private readonly PlanCost[] _costs;
    private readonly FallbackBranch[][] _branches;

    public PlanTable Plans { get; }
    public ModelProfile Profile { get; }

    /// <summary>Plans that this device can run at all (memory).</summary>
    public bool[] Runnable { get; }

    /// <exception cref="InputException">The profile lacks the input encoding or an accuracy that the table needs.</exception>
    public CostTable(ModelProfile profile, PlanTable plans, Scenario scenario)
    {
        (Profile, Plans) = (profile, plans);
        _costs = new PlanCost[plans.Count];
        _branches = new FallbackBranch[plans.Count][];
        Runnable = new bool[plans.Count];
        var accuracy = profile.Accuracy.ToDictionary(a => (a.Exit, a.Cut, a.Bits), a => a.Value);
        var partitions = profile.Partitions.ToDictionary(p => (p.Exit, p.Cut));
        for (var p = 0; p < plans.Count; p++)
        {
            _costs[p] = CostOf(plans[p], scenario, accuracy, partitions);
            _branches[p] = BranchesOf(plans[p], scenario);
            Runnable[p] = _costs[p].MemoryBytes <= scenario.Device.MemoryBytes;
        }
    }

    public int Count => _costs.Length;
    public ref readonly PlanCost this[int plan] => ref _costs[plan];

    /// <summary>
    /// The branch that runs when plan's answer is late: the most accurate one reachable from the kept tensor that needs at most
    /// <paramref name="seconds"/>, else the quickest. <see cref="FallbackBranch.None"/> where nothing is sent.
    /// </summary>
    public FallbackBranch Fallback(int plan, double seconds)
    {
        var branches = _branches[plan];
        if (branches.Length == 0)
            return FallbackBranch.None;
        var best = branches[0];
        foreach (var branch in branches)
            if (branch.Seconds <= seconds && branch.Accuracy > best.Accuracy)
                best = branch;
        return best;
    }

    private PlanCost CostOf(
        OffloadPlan plan, Scenario scenario, Dictionary<(int, int, int), double> accuracy, Dictionary<(int, int), Partition> partitions)
    {
        if (plan.Kind == PlanKind.Drop)
            return default;
        var partition = partitions[(plan.Exit, plan.Cut)];
        var cut = Profile.Cuts[plan.Cut];
        var device = partition.HeadMs.Median / 1000 * scenario.Device.TimeFactor;
        var server = partition.TailMs.Median / 1000 * scenario.Server.TimeFactor;
        switch (plan.Kind)
        {
            case PlanKind.Local:
                return new(device, 0, 0, AccuracyOf(plan.Exit, plan.Cut, 32, accuracy), partition.HeadMemoryBytes);
            case PlanKind.Remote:
                var encoding = InputEncoding(scenario.Uplink.InputEncoding);
                return new(0, scenario.Uplink.HeaderBytes + encoding.Bytes, server,
                    AccuracyOf(plan.Exit, 0, 32, accuracy) - encoding.AccuracyLoss, 0);
            default:
                return new(device + cut.Elements * scenario.Device.PackSecondsPerElement,
                    scenario.Uplink.HeaderBytes + Math.Ceiling(cut.Elements * plan.Bits / 8.0), server,
                    AccuracyOf(plan.Exit, plan.Cut, plan.Bits, accuracy), partition.HeadMemoryBytes);
        }
    }

    private double AccuracyOf(int exit, int cut, int bits, Dictionary<(int, int, int), double> accuracy) =>
        accuracy.TryGetValue((exit, cut, bits), out var cell) ? cell
        : bits == 32 && Profile.Exits[exit].Accuracy is { } whole ? whole
        : throw new InputException(Profile.Model.Path, "accuracy",
            $"the profile has none for exit {exit}, cut {cut}, {bits} bits; profile with --images and --labels, or leave these bits out");

    private InputEncoding InputEncoding(string name)
    {
        if (Profile.InputEncodings.FirstOrDefault(e => e.Name == name) is { } found)
            return found;
        if (name == "float32")
            return new("float32", Profile.Cuts[0].Bytes, 0);
        throw new InputException(Profile.Model.Path, "input_encodings",
            $"has no '{name}', allowed: {string.Join(", ", Profile.InputEncodings.Select(e => e.Name).Append("float32").Distinct())}");
    }

    private FallbackBranch[] BranchesOf(OffloadPlan plan, Scenario scenario) =>
        plan.Kind is not (PlanKind.Split or PlanKind.Remote) ? [] :
        Profile.Partitions.Where(p => p.Cut == plan.Cut && !p.Local)
            .Select(p => new FallbackBranch(p.Exit, BranchSeconds(p) * scenario.Device.TimeFactor, Profile.Exits[p.Exit].Accuracy ?? 0))
            .OrderBy(b => b.Seconds).ThenByDescending(b => b.Accuracy).ToArray();

    /// <summary>From the input a branch is the whole network up to its exit, which was timed as such.</summary>
    private double BranchSeconds(Partition p) => (p.Cut == 0 ? Profile.WholeMs[p.Exit].Median : p.TailMs.Median) / 1000;
}
