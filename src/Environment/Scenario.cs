using System.Text.Json.Serialization;
using RlOffload.Environment.Plans;

namespace RlOffload.Environment;

/// <summary>Everything about the world that is fixed before a window is drawn. SI units: seconds, bytes, bit/s, watts, joules.</summary>
public sealed record Scenario
{
    public DeviceSpec Device { get; init; } = new();
    public ServerSpec Server { get; init; } = new();
    public RadioSpec Radio { get; init; } = new();
    public UplinkSpec Uplink { get; init; } = new();
    public ArrivalSpec Arrivals { get; init; } = new();
    public DeadlineSpec Deadlines { get; init; } = new();
    public RewardSpec Reward { get; init; } = new();

    /// <summary>What costs may come to; null: costs are only reported.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] // scenarios without keep the hash that they had before there were budgets
    public BudgetSpec? Budgets { get; init; }

    /// <summary>Requests in a window.</summary>
    public int Requests { get; init; } = 120;
}

/// <param name="TimeFactor">Device time over the profile's time on the measuring machine.</param>
/// <param name="PackSecondsPerElement">Quantising and packing one number at a cut.</param>
/// <param name="MemoryBytes">Heads that need more are masked.</param>
/// <param name="Heat">Slows the device under load; null: a cool device.</param>
/// <param name="Battery">Empties with every joule; null: mains.</param>
/// <param name="HiddenFactor">What the device really takes over what everyone expects of it: a wrong profile. Nobody is told.</param>
/// <param name="Calibrate">The device compares the time of each head and branch with what was expected, and expects it henceforth (<see cref="Observation.Slowdown"/>).</param>
/// <param name="Clocks">Slower clocks that the device can be set to for a request; null: it has one.</param>
/// <param name="Backlog">What of its own work the device counts as being in the way of the next request.</param>
public sealed record DeviceSpec(
    double TimeFactor = 1, double PackSecondsPerElement = 3e-9, double ActiveWatts = 3, double IdleWatts = 0,
    double MemoryBytes = double.PositiveInfinity, HeatSpec? Heat = null, BatterySpec? Battery = null,
    double HiddenFactor = 1, bool Calibrate = true,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Clock>? Clocks = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] BacklogKnowledge Backlog = BacklogKnowledge.Accepted);

public enum BacklogKnowledge
{
    /// <summary>All that is accepted and not finished, as planners are published.</summary>
    Accepted,

    /// <summary>What of it will be done, as far as the device can tell: work is given up at its deadline, and what can no longer end in time is not started.</summary>
    Expected,
}

/// <summary>Heat is the device's use, low-passed, at a slower clock in proportion to its power; above <paramref name="From"/> it slows the device, linearly up to <paramref name="MaxSlowdown"/> at <paramref name="To"/>.</summary>
public sealed record HeatSpec(double TimeConstant = 30, double From = 0.5, double To = 0.8, double MaxSlowdown = 1.8);

public sealed record BatterySpec(double CapacityJoules, double StartJoules, double HarvestWatts = 0);

/// <param name="Loads">Factors on the server's time; the load jumps among them after exponential dwells. One entry: constant.</param>
public sealed record ServerSpec(double TimeFactor = 1, IReadOnlyList<double>? Loads = null, double LoadDwellSeconds = 8);

/// <summary>
/// Radio power while sending: TxBaseWatts + TxWattsPerMbit * rate, then TailWatts for up to TailSeconds after the last byte.
/// Default: LTE uplink of the controlled transfers of Narayanan et al. (SIGCOMM 2021), least squares 2.926 W + 0.0767 W a Mbit/s.
/// </summary>
public sealed record RadioSpec(double TxBaseWatts = 2.926, double TxWattsPerMbit = 0.0767, double TailWatts = 0, double TailSeconds = 0);

public enum RateKnowledge { Own, Modem }

/// <param name="InputEncoding">How split 0 sends the input: a name of the profile's input_encodings.</param>
/// <param name="Observe">Own: the device knows the rates of its own transfers; Modem: also the link's last seconds when idle.</param>
/// <param name="PriorBitsPerSecond">What the device expects of a link it has not used yet: the median rate of the training links.</param>
/// <param name="ReversionSeconds">An old rate is trusted less: its logarithm returns to the prior's with this time constant.</param>
/// <param name="PriorRtt">Round-trip time expected before any answer came, s.</param>
public sealed record UplinkSpec(
    double HeaderBytes = 64, string InputEncoding = "raw", RateKnowledge Observe = RateKnowledge.Own,
    double PriorBitsPerSecond = 1e6, double ReversionSeconds = 30, double PriorRtt = 0.05, double RateScale = 1);

public enum ArrivalKind { Periodic, Poisson, Bursty, Recorded }

/// <summary>
/// Arrivals of requests. Bursty is a two-state Markov-modulated Poisson process: rate x BurstFactor in bursts of about BurstRequests
/// requests, x CalmFactor between them; the dwells make the mean gap hold overall.
/// </summary>
/// <param name="Recorded">Arrival times of a recording from its first request on, s; repeated when a window is longer.</param>
public sealed record ArrivalSpec(
    ArrivalKind Kind = ArrivalKind.Bursty, double MeanGap = 1, double BurstFactor = 2.5, double CalmFactor = 0.4, double BurstRequests = 12,
    IReadOnlyList<double>? Recorded = null);

/// <summary>Deadline of a request = Median * exp(U(-Spread, Spread)), s; Spread 0: all alike.</summary>
public sealed record DeadlineSpec(double Median = 1, double Spread = 0);

/// <summary>Reward = accuracy in time - LatencyWeight * min(latency, D) / D - MissPenalty * [missed or dropped].</summary>
/// <param name="FallbackShare">The branch that saves a late request is the most accurate one that needs at most this share of the deadline.</param>
public sealed record RewardSpec(
    double LatencyWeight = 0.1, double MissPenalty = 0.2, double FallbackShare = 0.25, AccuracySource Accuracy = AccuracySource.Expected);

public enum AccuracySource : byte
{
    /// <summary>The profile's share of correct answers for (exit, split, bits); of a gated plan, that of the images which leave where this one left.</summary>
    Expected,

    /// <summary>Whether the exit was right about the very image that was drawn, less what quantising loses on average: the same mean, more noise.</summary>
    Images,
}
