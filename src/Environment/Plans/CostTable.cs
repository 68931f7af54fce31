using RlOffload.Environment.Profiles;
using RlOffload.Environment.Simulation;

namespace RlOffload.Environment.Plans;

/// <summary>What one plan costs on this scenario's machines when nothing is queued and the link is left out.</summary>
/// <param name="DeviceSeconds">Head, quantising and packing on the cool device at the plan's clock; of a gated plan the mean over the profile's images.</param>
/// <param name="Bytes">Sent over the uplink, header included, by a request that is not answered early.</param>
/// <param name="ServerSeconds">Tail on the unloaded server, likewise.</param>
/// <param name="Accuracy">Expected share of correct answers, 0..1.</param>
/// <param name="MemoryBytes">Weights plus peak activation on the device.</param>
/// <param name="GoesOn">Share of the requests that no early exit answers; 1 unless the plan is gated.</param>
public readonly record struct PlanCost(
    double DeviceSeconds, double Bytes, double ServerSeconds, double Accuracy, double MemoryBytes, double GoesOn = 1)
{
    public double MeanBytes => Bytes * GoesOn;
    public double MeanServerSeconds => ServerSeconds * GoesOn;
}

/// <summary>A branch that can still answer on the device from the tensor kept at a split.</summary>
/// <param name="Seconds">Device time of the branch; infinite where there is none.</param>
public readonly record struct FallbackBranch(int Exit, double Seconds, double Accuracy)
{
    public static FallbackBranch None => new(-1, double.PositiveInfinity, 0);
    public bool Exists => Exit >= 0;
}

/// <summary>What the stations have to know of a plan at every event, side by side in memory.</summary>
/// <param name="IsGated">Whether images may leave early.</param>
/// <param name="BeginsOnDevice">Whether the request needs the device before anything else can happen to it.</param>
/// <param name="QuickestSeconds">Device time of a request that leaves at the first exit that is tried, on the cool device.</param>
/// <param name="LongestSeconds">Device time of a request that no early exit answers, likewise.</param>
/// <param name="MeanBytes">Expected on the uplink of a request whose head has not run.</param>
internal readonly record struct PlanWork(
    PlanKind Kind, bool IsProbe, bool IsGated, bool BeginsOnDevice, double QuickestSeconds, double LongestSeconds, double MeanBytes);

/// <summary>How a plan's work on the device ends for requests that take the same way through it, or are not known to take any.</summary>
/// <param name="Answers">Whether the answer is there then; else the tensor is.</param>
/// <param name="Exit">Where the answer comes from in the end.</param>
/// <param name="Seconds">Of the device, cool.</param>
/// <param name="Accuracy">Of the answer in the end, expected.</param>
internal readonly record struct PlanEnd(bool Answers, int Exit, double Seconds, double Accuracy);

/// <summary>A profile and a scenario, worked out once for every plan of a table. Immutable; shared by threads.</summary>
public sealed class CostTable
{
    private readonly PlanCost[] _costs;
    private readonly FallbackBranch[][] _branches;
    private readonly GatedPath?[] _paths;
    private readonly double[] _losses;
    private readonly PlanWork[] _works;
    private readonly PlanEnd[][] _ends; // of each plan, for way -1 and those that it has
    private readonly FallbackBranch[][] _better; // of its branches those that answer better than all that are quicker
    private readonly double[][] _betterSeconds; // of these, the quickest left out; and NaN, which fits nowhere
    private readonly bool[] _powered, _unpowered;
    private readonly bool _byImage;
    private readonly ModelProfile[] _retiredProfiles = []; // of the rows from Open on

    public PlanTable Plans { get; }
    public ModelProfile Profile { get; }

    /// <summary>Plans that this device can run at all (memory).</summary>
    public bool[] Runnable { get; }

    /// <exception cref="InputException">The profile lacks the input encoding, an accuracy or the outcomes of images that the table needs.</exception>
    public CostTable(ModelProfile profile, PlanTable plans, Scenario scenario)
    {
        (Profile, Plans, Open) = (profile, plans, plans.Count);
        _byImage = scenario.Reward.Accuracy == AccuracySource.Images;
        if (_byImage && profile.Outcomes is null)
            throw new InputException(profile.Model.Path, "outcomes",
                "is missing, but reward.accuracy is 'images'; profile with --images and --labels, or take 'expected'");
        _costs = new PlanCost[plans.Count];
        _branches = new FallbackBranch[plans.Count][];
        _paths = new GatedPath?[plans.Count];
        _losses = new double[plans.Count];
        _works = new PlanWork[plans.Count];
        _ends = new PlanEnd[plans.Count][];
        (_better, _betterSeconds) = (new FallbackBranch[plans.Count][], new double[plans.Count][]);
        (_powered, _unpowered) = (new bool[plans.Count], new bool[plans.Count]);
        Runnable = new bool[plans.Count];
        var accuracy = profile.Accuracy.ToDictionary(a => (a.Exit, a.Cut, a.Bits), a => a.Value);
        var partitions = profile.Partitions.ToDictionary(p => (p.Exit, p.Cut));
        var ways = new Dictionary<(Gate, string), byte[]>();
        for (var p = 0; p < plans.Count; p++)
        {
            _costs[p] = CostOf(plans[p], scenario, accuracy, partitions);
            _losses[p] = plans[p].Exit < 0 ? 0 : (profile.Exits[plans[p].Exit].Accuracy ?? _costs[p].Accuracy) - _costs[p].Accuracy;
            if (plans[p].Gate is not null)
                Pass(p, scenario, ways);
            _branches[p] = BranchesOf(p, scenario);
            Runnable[p] = _costs[p].MemoryBytes <= scenario.Device.MemoryBytes;
            _unpowered[p] = plans[p] is { Kind: PlanKind.Drop, Probe: false };
            _powered[p] = _unpowered[p] || Runnable[p];
            _works[p] = new(plans[p].Kind, plans[p].Probe, _paths[p] is not null,
                plans[p].Kind == PlanKind.Local || (plans[p].Kind != PlanKind.Drop && _costs[p].DeviceSeconds > 0), // a stage of zero work is bypassed
                _paths[p] is { } path ? path.Ways[0].DeviceSeconds : _costs[p].DeviceSeconds, LongestDeviceSeconds(p), _costs[p].MeanBytes);
            var local = plans[p].Kind == PlanKind.Local;
            _ends[p] = [new(local, plans[p].Exit, _costs[p].DeviceSeconds, _costs[p].Accuracy),
                .. Ways(p).ToArray().Select(w => new PlanEnd(w.Leaves || local, w.Exit, w.DeviceSeconds, w.Accuracy))];
            _better[p] = [.. _branches[p].Where((b, i) => i == 0 || b.Accuracy > _branches[p].Take(i).Max(q => q.Accuracy))];
            _betterSeconds[p] = Eight.Filled([.. _better[p].Skip(1).Select(b => b.Seconds)]);
        }
    }

    /// <summary>
    /// A table that takes over from another: the plans of <paramref name="next"/>, and behind them rows of the old one as they were there, which nobody can choose any more. The
    /// requests that are under way keep what was planned for them, also where the new table is of another network.
    /// </summary>
    private CostTable(CostTable next, CostTable old, IReadOnlyList<int> rows)
    {
        T[] Joined<T>(T[] mine, T[] others) => [.. mine.AsSpan(0, next.Open), .. rows.Select(r => others[r])];
        (Profile, Open, _byImage) = (next.Profile, next.Open, next._byImage);
        Plans = new PlanTable(next.Plans.Plans.Take(next.Open).Concat(rows.Select(r => old.Plans[r])));
        (_costs, _branches, _paths, _losses, _works) = (Joined(next._costs, old._costs), Joined(next._branches, old._branches), Joined(next._paths, old._paths),
            Joined(next._losses, old._losses), Joined(next._works, old._works));
        (_ends, _better, _betterSeconds) = (Joined(next._ends, old._ends), Joined(next._better, old._better), Joined(next._betterSeconds, old._betterSeconds));
        var never = new bool[old.Count];
        (_powered, _unpowered, Runnable) = (Joined(next._powered, never), Joined(next._unpowered, never), Joined(next.Runnable, never));
        _retiredProfiles = [.. rows.Select(old.ProfileOf)];
    }

    /// <summary>Plans that can be chosen; those behind them are of requests that were under way when this table took over.</summary>
    public int Open { get; }

    /// <inheritdoc cref="CostTable(CostTable, CostTable, IReadOnlyList{int})"/>
    /// <param name="rows">Of the old table; row i becomes row <see cref="Open"/> + i.</param>
    internal CostTable TakingOver(CostTable old, IReadOnlyList<int> rows) => new(this, old, rows);

    /// <summary>0..1; 0 where it was not measured.</summary>
    /// <param name="plan">That the exit belongs to.</param>
    internal double ExitAccuracy(int plan, int exit) => ProfileOf(plan).Exits[exit].Accuracy ?? 0;

    private ModelProfile ProfileOf(int plan) => plan < Open ? Profile : _retiredProfiles[plan - Open];

    /// <summary>Marks the plans that can run now: all that fit into memory while there is energy, else only to drop.</summary>
    public ReadOnlySpan<bool> Allowed(bool powered) => powered ? _powered : _unpowered;

    public int Count => _costs.Length;
    public ref readonly PlanCost this[int plan] => ref _costs[plan];

    /// <summary>Whether a request under this plan needs the device before anything else can happen to it, and brings nothing but itself.</summary>
    internal bool BeginsOnDevice(int plan) => (uint)plan < (uint)_works.Length && _works[plan] is { BeginsOnDevice: true, IsProbe: false };

    /// <summary>What the stations ask of a plan at every event.</summary>
    internal ref readonly PlanWork Work(int plan) => ref _works[plan];

    /// <inheritdoc cref="Work"/>
    internal ReadOnlySpan<PlanWork> Works => _works;

    /// <summary>Images of the profile whose outcomes at every exit are known; 0 if none are.</summary>
    public int Images => Profile.Outcomes?.Images ?? 0;

    /// <summary>The ways that images take through a plan that lets them leave when an exit is confident; empty for every other plan.</summary>
    public ReadOnlySpan<GatedWay> Ways(int plan) => _paths[plan] is { } path ? path.Ways : default;

    /// <summary>Device time of a request that no early exit answers, on the cool device.</summary>
    public double LongestDeviceSeconds(int plan) => _paths[plan] is { } path ? path.Ways[^1].DeviceSeconds : _costs[plan].DeviceSeconds;

    /// <summary>How the plan's work on the device ends.</summary>
    /// <param name="way">Of <see cref="Ways"/>; -1 where it is not known, or for a plan without.</param>
    internal ref readonly PlanEnd End(int plan, int way) => ref _ends[plan][way + 1];

    /// <summary>Which of <see cref="Ways"/> the image takes.</summary>
    public int WayOf(int plan, int image) => _paths[plan]!.WayOf(image);

    /// <summary>
    /// What an answer of the plan counts, 0..1: the expected accuracy of its way, or, where the scenario rewards images, whether the exit was right
    /// about this image, less what quantising loses on average.
    /// </summary>
    /// <param name="way">Of <see cref="Ways"/>; -1 for a plan without.</param>
    /// <param name="image">Of the profile's; -1 if it is none of them.</param>
    public double AccuracyOf(int plan, int way, int image)
    {
        if (!_byImage || image < 0)
            return _ends[plan][way + 1].Accuracy;
        return way >= 0 && Ways(plan)[way].Leaves ? Right(Ways(plan)[way].Exit, image) : Right(Plans[plan].Exit, image) - _losses[plan];
    }

    /// <summary>What the answer of a branch counts, likewise.</summary>
    public double AccuracyOf(FallbackBranch branch, int image) => _byImage && image >= 0 ? Right(branch.Exit, image) : branch.Accuracy;

    private double Right(int exit, int image) => Profile.Outcomes!.Correct[exit][image] == '1' ? 1 : 0;

    /// <summary>
    /// The branch that runs when plan's answer is late: the most accurate one reachable from the kept tensor that needs at most
    /// <paramref name="seconds"/>, else the quickest. <see cref="FallbackBranch.None"/> where nothing is sent.
    /// </summary>
    public FallbackBranch Fallback(int plan, double seconds)
    {
        var better = _better[plan];
        if (better.Length == 0)
            return FallbackBranch.None;
        // Each is slower than the one before it, so the last that fits is as many places on as others fit.
        var fit = 0;
        for (var i = 0; i < better.Length - 1; i += Eight.Count)
            fit += Eight.AtMost(ref _betterSeconds[plan][i], seconds);
        return better[fit];
    }

    /// <summary>Branches that can answer when plan's answer is late, the quickest first; empty where nothing is sent.</summary>
    internal ReadOnlySpan<FallbackBranch> Branches(int plan) => _branches[plan];

    private PlanCost CostOf(
        OffloadPlan plan, Scenario scenario, Dictionary<(int, int, int), double> accuracy, Dictionary<(int, int), Partition> partitions)
    {
        if (plan.Kind == PlanKind.Drop)
            return default;
        var partition = partitions[(plan.Exit, plan.Cut)];
        var cut = Profile.Cuts[plan.Cut];
        var factor = FactorOf(plan, scenario);
        var device = partition.HeadMs.Median / 1000 * factor;
        var server = partition.OnServerMs.Median / 1000 * scenario.Server.TimeFactor;
        switch (plan.Kind)
        {
            case PlanKind.Local:
                return new(device, 0, 0, AccuracyOf(plan.Exit, plan.Cut, 32, accuracy), partition.HeadMemoryBytes);
            case PlanKind.Remote:
                var encoding = InputEncoding(scenario.Uplink.InputEncoding);
                return new(0, scenario.Uplink.HeaderBytes + encoding.Bytes, server,
                    AccuracyOf(plan.Exit, 0, 32, accuracy) - encoding.AccuracyLoss, 0);
            default:
                return new(device + cut.Elements * scenario.Device.PackSecondsPerElement * (plan.Clock?.TimeFactor ?? 1),
                    scenario.Uplink.HeaderBytes + Math.Ceiling(cut.Elements * plan.Bits / 8.0), server,
                    AccuracyOf(plan.Exit, plan.Cut, plan.Bits, accuracy), partition.HeadMemoryBytes);
        }
    }

    /// <summary>Of the profile's times, for what the device computes of the plan.</summary>
    private static double FactorOf(OffloadPlan plan, Scenario scenario) => scenario.Device.TimeFactor * (plan.Clock?.TimeFactor ?? 1);

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

    /// <summary>The mean over images, and memory for the branches beside the head: their own at most.</summary>
    private void Pass(int p, Scenario scenario, Dictionary<(Gate, string), byte[]> ways)
    {
        var path = GatedPath.Of(Profile, Plans[p], FactorOf(Plans[p], scenario), _costs[p].DeviceSeconds, -_losses[p], ways);
        _paths[p] = path;
        double seconds = 0, accuracy = 0, memory = _costs[p].MemoryBytes;
        foreach (var way in path.Ways)
        {
            seconds += way.Share * way.DeviceSeconds;
            accuracy += way.Share * way.Accuracy;
            if (way.Leaves)
                memory += Math.Max(0, MemoryOf(way.Exit, local: true, 0) - MemoryOf(Plans[p].Exit, local: false, GatedPath.BranchPoint(Profile, way.Exit, Plans[p].Exit)));
        }
        _costs[p] = _costs[p] with { DeviceSeconds = seconds, Accuracy = accuracy, MemoryBytes = memory, GoesOn = path.Ways[^1].Share };
    }

    private double MemoryOf(int exit, bool local, int cut) =>
        Profile.Partitions.First(p => p.Exit == exit && p.Local == local && (local || p.Cut == cut)).HeadMemoryBytes;

    private FallbackBranch[] BranchesOf(int plan, Scenario scenario)
    {
        if (Plans[plan].Kind is not (PlanKind.Split or PlanKind.Remote))
            return [];
        var branches = Profile.Partitions.Where(p => p.Cut == Plans[plan].Cut && !p.Local)
            .Select(p => new FallbackBranch(p.Exit, BranchSeconds(p) * scenario.Device.TimeFactor, Profile.Exits[p.Exit].Accuracy ?? 0)).ToList();
        // The last exit that was tried has answered already, though it was not sure.
        if (Ways(plan) is { Length: > 1 } ways)
            branches.Add(new(ways[^2].Exit, 0, ways[^2].HeldAccuracy));
        return [.. branches.OrderBy(b => b.Seconds).ThenByDescending(b => b.Accuracy)];
    }

    /// <summary>From the input a branch is the whole network up to its exit, which was timed as such.</summary>
    private double BranchSeconds(Partition p) => (p.Cut == 0 ? Profile.WholeMs[p.Exit].Median : p.TailMs.Median) / 1000;
}
