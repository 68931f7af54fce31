using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Training.Config;

/// <summary>Reads the sections that make a <see cref="Scenario"/>; keys carry their units, the scenario is in SI.</summary>
internal static class ScenarioSections
{
    private const double Mega = 1e6, Giga = 1e9;

    public static (DeviceSpec Spec, MachineNote Note) Device(ConfigSection s)
    {
        var note = Machine(s, out var factor);
        var spec = new DeviceSpec(
            factor,
            s.Double("pack_ns_per_element", Bounds.NotNegative, 3) / Giga,
            s.Double("active_w", Bounds.NotNegative),
            s.Double("idle_w", Bounds.NotNegative, 0),
            s.OptionalDouble("memory_mb", Bounds.Positive) * Mega ?? double.PositiveInfinity,
            Heat(s.OptionalSection("heat")),
            Battery(s.OptionalSection("battery")),
            s.Double("hidden_factor", new(0, 100, Open: true), 1),
            s.Bool("calibrate", true),
            Clocks(s.OptionalSection("clocks")),
            s.OneOf<BacklogKnowledge>("backlog", BacklogKnowledge.Accepted));
        return (spec, note);
    }

    public static (ServerSpec Spec, MachineNote Note) Server(ConfigSection s)
    {
        var note = Machine(s, out var factor);
        return (new(factor, s.Doubles("loads", Bounds.Positive, [1]), s.Double("load_dwell_s", Bounds.Positive, 8)), note);
    }

    public static RadioSpec Radio(ConfigSection s) => new(
        s.Double("tx_base_w", Bounds.NotNegative), s.Double("tx_w_per_mbit", Bounds.NotNegative), s.Double("tail_w", Bounds.NotNegative, 0),
        s.Double("tail_s", Bounds.NotNegative, 0));

    /// <summary>Without prior_mbit_s the prior rate is left at 0, for the training links to fill in.</summary>
    public static UplinkSpec Uplink(ConfigSection s) => new(
        s.Double("header_bytes", Bounds.NotNegative, 64), s.Text("input_encoding", "raw"), s.OneOf<RateKnowledge>("observe", RateKnowledge.Own),
        s.OptionalDouble("prior_mbit_s", Bounds.Positive) * Mega ?? 0, s.Double("reversion_s", Bounds.Positive, 30),
        RateScale: s.Double("rate_scale", Bounds.Positive, 1));

    /// <summary>A recording is read when the world is built; here only its path.</summary>
    public static (ArrivalSpec Spec, string? Recording) Arrivals(ConfigSection s)
    {
        var kind = s.OneOf<ArrivalKind>("kind", ArrivalKind.Bursty);
        var recording = s.OptionalPath("file");
        if (kind == ArrivalKind.Recorded != recording is not null && s.Sound)
            s.Refuse("file", kind == ArrivalKind.Recorded ? "is missing, allowed is the file of a recording, since kind is recorded"
                : $"is given, allowed only where kind is recorded");
        if (kind == ArrivalKind.Recorded)
        {
            foreach (var key in new[] { "mean_gap_s", "burst_factor", "calm_factor", "burst_requests" })
            {
                s.Expect(key);
                if (s.Has(key))
                    s.Refuse(key, "is given, allowed only where kind is not recorded: a recording has its own");
            }
            return (new(kind), recording);
        }
        var gap = s.Double("mean_gap_s", Bounds.Positive);
        if (kind == ArrivalKind.Bursty)
            return (new(kind, gap, s.Double("burst_factor", new(1, 1000, Open: true), 2.5), s.Double("calm_factor", new(0, 1, OpenHigh: true), 0.4),
                s.Double("burst_requests", Bounds.From(1), 12)), null);
        s.Expect("burst_factor", "calm_factor", "burst_requests");
        return (new(kind, gap), null);
    }

    public static DeadlineSpec Deadlines(ConfigSection s) => new(s.Double("median_s", Bounds.Positive), s.Double("spread", Bounds.Between(0, 3), 0));

    /// <summary>
    /// Means a request that may not be exceeded over the windows: energy_j_per_request (J, all that the device spends, idling and radio tails included),
    /// miss_rate (share missed or dropped), accuracy_shortfall (accuracy of the best exit less the answers', a miss counting all of it). A key that is
    /// absent is no budget, and without the section there is none. The static plan and the oracle keep them, an observation carries what was spent
    /// beyond them, and a policy that breaks one by more than 1 % gets its violation instead of a score.
    /// </summary>
    public static BudgetSpec? Budgets(ConfigSection? s)
    {
        if (s is null)
            return null;
        double Budget(string key, Bounds bounds) => s.OptionalDouble(key, bounds) ?? double.PositiveInfinity;
        var spec = new BudgetSpec(
            Budget("energy_j_per_request", Bounds.Positive), Budget("miss_rate", new(0, 1, Open: true)), Budget("accuracy_shortfall", new(0, 1, Open: true)));
        if (s.Sound && spec == new BudgetSpec())
            s.Refuse("holds none, allowed are energy_j_per_request, miss_rate and accuracy_shortfall, at least one");
        return spec;
    }

    public static RewardSpec Reward(ConfigSection s) => new(
        s.Double("latency_weight", Bounds.NotNegative, 0.1), s.Double("miss_penalty", Bounds.NotNegative, 0.2), s.Double("fallback_share", Bounds.Share, 0.25),
        s.OneOf<AccuracySource>("accuracy", AccuracySource.Expected));

    /// <summary>A machine's speed is a factor on the profile's times, or the known time of the whole network, from which the profile makes the factor.</summary>
    private static MachineNote Machine(ConfigSection s, out double factor)
    {
        var name = s.Text("name");
        var whole = s.OptionalDouble("whole_ms", Bounds.Positive);
        if (whole is not null && s.Has("time_factor"))
            s.Refuse("time_factor", "is given beside whole_ms, allowed is one of them");
        s.Expect("time_factor");
        factor = whole is null ? s.Double("time_factor", new(0, 1e6, Open: true), 1) : 1;
        var source = s.OptionalText("time_factor_source");
        if ((factor != 1 || whole is not null) && source is null && !s.IsWrong("time_factor") && !s.IsWrong("whole_ms"))
            s.Refuse("time_factor_source", $"is missing, allowed is a text that says where the {(whole is null ? $"time_factor of {factor}" : $"whole_ms of {whole}")} comes from");
        return new(name, source, whole);
    }

    /// <summary>Lists of one length, an entry a clock, each slower than the clock that whole_ms or time_factor and active_w belong to.</summary>
    private static IReadOnlyList<Clock>? Clocks(ConfigSection? s)
    {
        if (s is null)
            return null;
        var (mhz, factors, watts) = (s.Doubles("mhz", Bounds.Positive), s.Doubles("time_factor", new(1, 1000, Open: true)), s.Doubles("active_w", Bounds.NotNegative));
        s.Text("source");
        if (s.Sound && (factors.Count != mhz.Count || watts.Count != mhz.Count || mhz.Distinct().Count() < mhz.Count))
            s.Refuse("mhz", $"has {mhz.Count} clocks beside {factors.Count} of time_factor and {watts.Count} of active_w, allowed is each clock once and as many of each");
        return s.Sound ? [.. mhz.Select((m, i) => new Clock(m * Mega, factors[i], watts[i]))] : null;
    }

    private static HeatSpec? Heat(ConfigSection? s)
    {
        if (s is null)
            return null;
        var spec = new HeatSpec(
            s.Double("time_constant_s", Bounds.Positive, 30), s.Double("from", Bounds.Share, 0.5), s.Double("to", Bounds.Share, 0.8),
            s.Double("max_slowdown", Bounds.From(1), 1.8));
        if (s.Sound && spec.From >= spec.To)
            s.Refuse("from", $"is {spec.From}, allowed is below to ({spec.To})");
        return spec;
    }

    private static BatterySpec? Battery(ConfigSection? s)
    {
        if (s is null)
            return null;
        var capacity = s.Double("capacity_j", Bounds.Positive);
        var spec = new BatterySpec(capacity, s.Double("start_j", Bounds.NotNegative, capacity), s.Double("harvest_w", Bounds.NotNegative, 0));
        if (s.Sound && spec.StartJoules > capacity)
            s.Refuse("start_j", $"is {spec.StartJoules}, allowed is at most capacity_j ({capacity})");
        return spec;
    }
}
