using System.Runtime.CompilerServices;
using RlOffload.Environment.Plans;

namespace RlOffload.Environment;

/// <param name="Unit">What one unit of the number means.</param>
public readonly record struct ObservationField(string Name, string Unit);

/// <summary>How much of what the cost model expects of each plan is observed.</summary>
public enum PlanDetail
{
    /// <summary>Its reward.</summary>
    Reward,

    /// <summary>All of <see cref="PlanFeatures"/>.</summary>
    Features,
}

/// <summary>
/// The observation as a vector of floats for a learner: what the device knows on log or relative scales, then what the cost model expects
/// each plan's reward to be, so that a network starts from the planners' knowledge and learns what they leave out. Part of a frozen policy.
/// </summary>
public sealed class ObservationLayout
{
    private readonly CostModel _model;
    private readonly int[] _plans;
    private readonly ExpectedRewards _expected;
    private readonly IReadOnlyList<Predictions> _predictions;
    private readonly BudgetSpec _budgets;

    /// <param name="plans">Plans of the model's table that the learner may choose; null: all of them.</param>
    public ObservationLayout(CostModel model, IReadOnlyList<int>? plans = null, PlanDetail detail = PlanDetail.Reward)
    {
        (_model, Detail) = (model, detail);
        _plans = [.. plans ?? [.. Enumerable.Range(0, model.Count)]];
        _expected = new ExpectedRewards(model, _plans);
        _predictions = detail == PlanDetail.Features ? Predictions.Of(model, _plans) : [];
        _budgets = model.Scenario.Budgets ?? new();
        ObservationField[] own = [.. OwnFields, .. DebtFields(_budgets)];
        var perPlan = detail == PlanDetail.Features ? PlanFeatures.Count : 1;
        Fields = [.. own, .. _plans.SelectMany(p => PlanFeatures.Of(model.Table.Plans[p]).Take(perPlan))];
        Own = own.Length;
    }

    /// <summary>The detail of the layout that has these fields.</summary>
    public static PlanDetail DetailOf(IReadOnlyList<ObservationField> fields)
    {
        var first = fields.ToList().FindIndex(f => f.Name.StartsWith("expected_reward[", StringComparison.Ordinal));
        return first >= 0 && first + 1 < fields.Count && fields[first + 1].Name.StartsWith("device[", StringComparison.Ordinal) ? PlanDetail.Features : PlanDetail.Reward;
    }

    public PlanDetail Detail { get; }

    /// <summary>Entries before those of the plans.</summary>
    public int Own { get; }

    public IReadOnlyList<ObservationField> Fields { get; }
    public int Size => Fields.Count;

    /// <param name="vector">Length <see cref="Size"/>.</param>
    [SkipLocalsInit]
    public void Write(Observation o, Span<float> vector)
    {
        var gap = _model.Scenario.Arrivals.MeanGap;
        var prior = _model.Scenario.Uplink.PriorBitsPerSecond;
        // First the numbers whose logarithms are taken, then all else and the logarithms last: by then they can be read back as vectors, and nothing waits for them.
        ReadOnlySpan<double> numbers =
        [
            Clamped(o.Deadline / _model.Scenario.Deadlines.Median), 1 + o.UplinkBacklogBytes / 1000, Clamped(o.Rate / prior), Clamped(o.LastRate / prior),
            Clamped(o.PreviousRate / prior), 1 + o.RateAge, o.SendingFor > 0 ? Clamped(o.SendingRate / prior) : 1,
            o.ModemRates[1] > 0 ? Clamped(o.ModemRates[1] / prior) : 1, Clamped(o.ServerLoad), 1 + o.ServerLoadAge, Clamped(o.FastIntensity * gap),
            Clamped(o.SlowIntensity * gap), 1 + o.EnergyDebt, 1 + o.MissDebt, 1 + o.AccuracyDebt, 1,
        ];
        vector[1] = (float)double.MinNative(o.DeviceBacklog / o.Deadline, 10);
        vector[2] = (float)double.MinNative(o.FallbackAtRisk / o.Deadline, 10);
        vector[3] = (float)double.MinNative(o.UplinkBacklogBytes * 8 / o.Rate / o.Deadline, 20);
        vector[4] = (float)double.MinNative(o.PendingBytes * 8 / o.Rate / o.Deadline, 20);
        vector[6] = o.InFlight;
        vector[11] = (float)double.MinNative(o.Volatility, 5);
        vector[12] = (float)double.MinNative(o.SendingFor / o.Deadline, 5);
        vector[15] = (float)double.MinNative(o.Rtt / o.Deadline, 5);
        vector[20] = (float)double.MinNative(o.SinceLastArrival / gap, 10);
        vector[21] = (float)(o.Slowdown - 1 + o.Heat);
        vector[22] = (float)o.Battery;
        if (Detail == PlanDetail.Reward)
            _expected.Write(o, vector[Own..]);
        else
            for (var (b, first) = (0, 0); b < _predictions.Count; first += _predictions[b++].Count)
                PlanFeatures.Write(_model, _plans.AsSpan(first, _predictions[b].Count), _predictions[b], o, vector[(Own + first * PlanFeatures.Count)..]);
        Span<float> log = stackalloc float[16];
        Logarithms.Of(numbers, log);
        (vector[0], vector[5]) = (log[0], log[1]);
        (vector[7], vector[8], vector[9], vector[10]) = (log[2], log[3], log[4], log[5]);
        (vector[13], vector[14]) = (log[6], log[7]);
        (vector[16], vector[17], vector[18], vector[19]) = (log[8], log[9], log[10], log[11]);
        var i = OwnFields.Length;
        if (_budgets.EnergyJoules < double.PositiveInfinity)
            vector[i++] = log[12];
        if (_budgets.MissRate < double.PositiveInfinity)
            vector[i++] = log[13];
        if (_budgets.AccuracyShortfall < double.PositiveInfinity)
            vector[i++] = log[14];
    }

    private static double Clamped(double x) => double.MinNative(double.MaxNative(x, 1e-4), 1e4);

    /// <summary>Only for budgets that there are, so that policies without any keep their layout.</summary>
    private static IEnumerable<ObservationField> DebtFields(BudgetSpec budgets)
    {
        if (budgets.EnergyJoules < double.PositiveInfinity)
            yield return new("energy_debt", "log(1 + energy budgets of a request)");
        if (budgets.MissRate < double.PositiveInfinity)
            yield return new("miss_debt", "log(1 + miss budgets of a request)");
        if (budgets.AccuracyShortfall < double.PositiveInfinity)
            yield return new("accuracy_debt", "log(1 + shortfall budgets of a request)");
    }

    private static readonly ObservationField[] OwnFields =
    [
        new("deadline", "log of deadline / median deadline"), new("device_backlog", "deadlines"), new("fallback_at_risk", "deadlines"),
        new("uplink_backlog", "deadlines at the expected rate"), new("pending_heads", "deadlines at the expected rate"),
        new("uplink_backlog_kb", "log(1 + kB)"), new("in_flight", "requests"), new("rate", "log of rate / prior rate"),
        new("last_rate", "log of rate / prior rate"), new("previous_rate", "log of rate / prior rate"), new("rate_age", "log(1 + s)"),
        new("volatility", "mean |change of log rate|"), new("sending_for", "deadlines"), new("sending_rate", "log of rate / prior rate, 0 if idle"),
        new("modem_rate", "log of rate / prior rate a second ago, 0 if not observed"), new("rtt", "deadlines"), new("server_load", "log"),
        new("server_load_age", "log(1 + s)"), new("fast_intensity", "log of arrivals a mean gap"), new("slow_intensity", "log of arrivals a mean gap"),
        new("since_last_arrival", "mean gaps"), new("heat", "slowdown - 1 + heat"), new("battery", "share"),
    ];
}
