using System.Text.Json.Serialization;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;

namespace RlOffload.Inference.Policies;

/// <summary>
/// The content of policy.json, which stands beside policy.onnx (or policy.tree, or policy.table): all that is needed to rebuild what the policy was trained to see and to
/// choose among, and to prove that it still decides as it did. Read and written by <see cref="FrozenPolicyFile"/>.
/// </summary>
public sealed record FrozenPolicy
{
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    /// <summary>How the policy calls itself in reports, such as "sac".</summary>
    public required string Name { get; init; }

    /// <summary>What decides, and so which file stands beside policy.json.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public PolicyForm Form { get; init; }

    /// <summary>SHA-256 of the file that decides; set when it is written.</summary>
    public string GraphSha256 { get; init; } = "";

    public required FrozenModel Model { get; init; }
    public required FrozenProfile Profile { get; init; }

    /// <summary>The entries of the graph's input 'observation', in order (<see cref="ObservationLayout.Fields"/>).</summary>
    public required IReadOnlyList<ObservationField> Observation { get; init; }

    /// <summary>The plans behind the graph's output 'logits', in order.</summary>
    public required IReadOnlyList<FrozenPlan> Plans { get; init; }

    /// <summary><see cref="PlanTable.Hash"/> of <see cref="Plans"/>.</summary>
    public required string PlansSha256 { get; init; }

    /// <summary>The world that the policy was trained for; with the profile and the plans it gives the cost model back.</summary>
    public required Scenario Scenario { get; init; }

    /// <summary>How the graph's input 'prior' is filled; null where the graph has none.</summary>
    public FrozenPrior? Prior { get; init; }

    /// <summary>What the mask is narrowed by before the graph sees it; null: nothing.</summary>
    public FrozenShield? Shield { get; init; }

    /// <summary>Age of what is known of the link, s, from which on the mask forbids what stays on the device without a probe (<see cref="ProbeRule"/>); null: never.</summary>
    public double? ProbeAfterSeconds { get; init; }

    public required IReadOnlyList<GoldenVector> Golden { get; init; }
    public required TrainingManifest Training { get; init; }

    public PlanTable Table() => new(Plans.Select(p => new OffloadPlan(p.Kind, p.Exit, p.Cut, p.Bits, p.Probe, p.Gate?.Rule(), p.Clock)));

    /// <summary>The cost model that the policy's observations are computed with.</summary>
    /// <exception cref="InputException">The profile lacks what a plan needs.</exception>
    public CostModel CostModel(ModelProfile profile) => new(new CostTable(profile, Table(), Scenario), Scenario);
}

/// <param name="Path">Of the model file, relative to the policy's folder; where it is not there, it is looked for inside that folder.</param>
public sealed record FrozenModel(string Path, string Sha256);

/// <param name="Path">Of the profile, relative to the policy's folder; where it is not there, it is looked for inside that folder.</param>
public sealed record FrozenProfile(string Path, ProfileHashes Sha256);

/// <param name="Plan">The plan's text, such as "cut4@3/6b".</param>
/// <param name="Gate">Null where the plan keeps to its exit.</param>
/// <param name="Clock">Null where the device computes at the profile's clock.</param>
public sealed record FrozenPlan(string Plan, PlanKind Kind, int Exit, int Cut, int Bits, bool Probe, FrozenGate? Gate = null, Clock? Clock = null)
{
    public static FrozenPlan Of(OffloadPlan plan) => new(plan.ToString(), plan.Kind, plan.Exit, plan.Cut, plan.Bits, plan.Probe,
        plan.Gate is { } gate ? new(gate.Measure, [.. gate.Thresholds.Select(t => t >= 0 ? t : (double?)null)]) : null, plan.Clock);
}

/// <param name="Thresholds">By exit; null where an exit is not tried.</param>
public sealed record FrozenGate(GateMeasure Measure, IReadOnlyList<double?> Thresholds)
{
    public Gate Rule() => new(Measure, [.. Thresholds.Select(t => t ?? double.NaN)]);
}

/// <summary>prior[p] = weight * (expected reward of p - device price * its device seconds - uplink price * its uplink seconds).</summary>
/// <param name="DevicePrice">Reward a second of device.</param>
/// <param name="UplinkPrice">Reward a second of uplink.</param>
public sealed record FrozenPrior(double DevicePrice, double UplinkPrice, double Weight);

/// <summary>A rule that narrows the mask.</summary>
/// <param name="Rule">Its name: <see cref="DeadlineShield.Rule"/>.</param>
/// <param name="Deviates">Standard deviations of the log rate by which the link is taken to be slower.</param>
public sealed record FrozenShield(string Rule, double Deviates);

/// <summary>What the trained network itself answered, before it was exported.</summary>
/// <param name="Mask">A character a plan: '1' allowed, '0' not.</param>
/// <param name="Plan">Index of the highest logit among the allowed plans, the first of equals.</param>
/// <param name="Prior">Null where the graph takes none.</param>
public sealed record GoldenVector(IReadOnlyList<float> Observation, string Mask, IReadOnlyList<float> Logits, int Plan, IReadOnlyList<float>? Prior = null);

/// <summary>Where the policy comes from.</summary>
/// <param name="Steps">Decisions it was trained on.</param>
/// <param name="Links">SHA-256 of the links it was trained on.</param>
/// <param name="Versions">Of this project and of what computed it.</param>
/// <param name="Score">Share of the room between the best static plan and hindsight, as its training reported it; null if not evaluated.</param>
/// <param name="Guard">How it compared with the planners before it was deployed; null where nobody looked.</param>
/// <param name="Transfers">
/// Whether it judges plans by what they take and give and not by their place in the table. It is then exempt from the match of cuts and plans between training
/// and deployment: 'export --for' makes its graph for another network.
/// </param>
/// <param name="TrainedOn">SHA-256 of the profile that it was trained on, where that is not the one it was exported for.</param>
public sealed record TrainingManifest(
    string Config, ulong Seed, long Steps, string Date, string Links, IReadOnlyDictionary<string, string> Versions, double? Score = null,
    GuardVerdict? Guard = null, bool Transfers = false, string? TrainedOn = null);
