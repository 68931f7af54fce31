using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Profiling;

namespace RlOffload.Training;

public enum FindingStatus { Ok, Warning, Problem }

/// <param name="Check">What was looked at.</param>
/// <param name="Detail">What was found; of a problem also what is allowed.</param>
public sealed record Finding(string Check, FindingStatus Status, string Detail);

/// <summary>One plan on this scenario's machines, without queues and link.</summary>
public sealed record PlanLine(string Plan, double DeviceMs, double Bytes, double ServerMs, double Accuracy, double MemoryBytes, bool Runnable);

/// <param name="Full">Number of plans that planners choose from.</param>
/// <param name="Learner">Those that the learner chooses from, after pruning.</param>
public sealed record PlanSummary(int Full, IReadOnlyList<PlanLine> Learner);

/// <summary>Whether machine, config and the files that it names are fit for an experiment.</summary>
public sealed record DoctorReport(IReadOnlyList<Finding> Findings, PlanSummary? Plans)
{
    public bool Sound => Findings.All(f => f.Status != FindingStatus.Problem);
}

/// <summary>Looks at everything that an experiment needs, plays a few windows with random plans, and tells what it found.</summary>
public static class Doctor
{
    private const int Windows = 3;

    /// <param name="config">A config; null looks at the machine only.</param>
    public static DoctorReport Examine(string? config, IReadOnlyList<string> overrides, TimeProvider clock, Action<int, int>? progress = null)
    {
        var findings = new List<Finding>();
        Machine(findings, clock);
        if (config is null)
            return new(findings, null);
        try
        {
            var experiment = Experiment.Load(config, overrides);
            findings.Add(new("config", FindingStatus.Ok, $"{config}: {experiment.Name}, seed {experiment.Seed}"));
            var world = experiment.Build(progress);
            Describe(world, findings);
            foreach (var set in new[] { world.Training, world.Tuning, world.Test })
                Play(world, set, findings);
            return new(findings, Summary(world));
        }
        catch (InputException e)
        {
            findings.AddRange(e.Problems.Select(p => new Finding("config", FindingStatus.Problem, p)));
            return new(findings, null);
        }
    }

    private static void Machine(List<Finding> findings, TimeProvider clock)
    {
        try
        {
            var machine = MachineInfo.Read(0, clock);
            findings.Add(new("machine", FindingStatus.Ok, $"{machine.Cpu}, {System.Environment.ProcessorCount} cores, {machine.Os}"));
            findings.Add(new(".NET", FindingStatus.Ok, machine.DotNet));
            findings.Add(new("ONNX Runtime", FindingStatus.Ok, machine.OnnxRuntime));
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            findings.Add(new("ONNX Runtime", FindingStatus.Problem, $"does not load ({(e.InnerException ?? e).Message}); eng/bootstrap.sh sets it up"));
        }
        var vectors = System.Numerics.Vector<float>.Count;
        findings.Add(new("vectors", vectors >= 8 ? FindingStatus.Ok : FindingStatus.Warning, $"{vectors} floats at once{(vectors >= 8 ? "" : "; training will be slow")}"));
    }

    private static void Describe(World world, List<Finding> findings)
    {
        var (profile, scenario) = (world.Profile, world.Scenario);
        findings.Add(new("profile", FindingStatus.Ok,
            FormattableString.Invariant($"{profile.Model.Path}: {profile.Exits.Count} exits, {profile.Cuts.Count} cuts, {profile.Accuracy.Count} accuracies, measured on {profile.Machine.Cpu}, {profile.Machine.Date}")));
        foreach (var set in new[] { world.Training, world.Test })
        {
            foreach (var file in set.Files)
                findings.Add(new($"{set.Name} link", FindingStatus.Ok, $"{Path.GetFileName(file.Path)}: {file.Choice}"));
            foreach (var file in set.Files.Where(f => f.Warnings.Count > 0))
                findings.Add(new($"{set.Name} link", FindingStatus.Warning, $"{Path.GetFileName(file.Path)}: {string.Join("; ", file.Warnings)}"));
        }
        findings.Add(new("device", FindingStatus.Ok, FormattableString.Invariant($"{world.Experiment.Device.Name}: {scenario.Device.TimeFactor:0.##} x the profile's times")
            + (scenario.Device.Clocks is { } clocks ? $"; also at {string.Join(", ", clocks)}" : "")));
        findings.Add(new("server", FindingStatus.Ok, FormattableString.Invariant($"{world.Experiment.Server.Name}: {scenario.Server.TimeFactor:0.##} x the profile's times")));
        findings.Add(new("prior", FindingStatus.Ok, FormattableString.Invariant(
            $"{scenario.Uplink.PriorBitsPerSecond / 1e6:0.###} Mbit/s, round trip {scenario.Uplink.PriorRtt * 1e3:0.#} ms")));
        Proportions(world, findings);
    }

    /// <summary>Where the device is nearly as quick as a round trip, or sending is free or hopeless, one plan is always best (regimes).</summary>
    private static void Proportions(World world, List<Finding> findings)
    {
        var (scenario, table) = (world.Scenario, world.CostModel.Table);
        var local = Best(PlanKind.Local);
        var remote = Best(PlanKind.Remote);
        var (whole, sending) = (table[local].DeviceSeconds, table[remote].Bytes * 8 / scenario.Uplink.PriorBitsPerSecond);
        var (trips, share) = (whole / scenario.Uplink.PriorRtt, whole / sending);
        findings.Add(new("proportions", trips >= 5 && share is >= 0.5 and <= 3 ? FindingStatus.Ok : FindingStatus.Warning, FormattableString.Invariant(
            $"the whole network takes {whole * 1e3:0.#} ms on the device: {trips:0.#} round trips, {share:0.##} x sending the input, {whole / scenario.Arrivals.MeanGap:0.##} x the mean gap, {whole / scenario.Deadlines.Median:0.##} x the median deadline")
            + (trips >= 5 && share is >= 0.5 and <= 3 ? "" : " (a learner has most room at 5 or more round trips and 0.5 to 3 times the input)")));
        var runnable = world.Choices.Count(c => table.Runnable[c]);
        findings.Add(new("plans", runnable > 1 ? FindingStatus.Ok : FindingStatus.Problem,
            $"{world.FullTable.Count} in all, {world.Plans.Count} for the learner, {runnable} of these fit into the device's memory{(runnable > 1 ? "" : "; allowed is more than one")}"));

        int Best(PlanKind kind) => Enumerable.Range(0, table.Count).Where(p => table.Plans[p].Kind == kind && table.Plans[p] is { Probe: false, Gate: null, Clock: null }).MaxBy(p => table.Plans[p].Exit);
    }

    private static void Play(World world, LinkSet set, List<Finding> findings)
    {
        var problems = EnvironmentChecker.Check(set.Environment(world.CostModel), Windows);
        findings.Add(problems.Count == 0
            ? new($"{set.Name} windows", FindingStatus.Ok, $"{Windows} windows of {world.Scenario.Requests} requests played twice with random plans: sound")
            : new($"{set.Name} windows", FindingStatus.Problem, string.Join("; ", problems)));
    }

    private static PlanSummary Summary(World world)
    {
        var table = world.CostModel.Table;
        return new(world.FullTable.Count, [.. world.Choices.Where(c => !world.FullTable[c].Probe && world.FullTable[c].Kind != PlanKind.Drop).Select(c => new PlanLine(
            world.FullTable[c].ToString(), table[c].DeviceSeconds * 1e3, table[c].Bytes, table[c].ServerSeconds * 1e3, table[c].Accuracy, table[c].MemoryBytes, table.Runnable[c]))]);
    }
}
