using RlOffload.Environment.Plans;

namespace RlOffload.Environment;

/// <param name="Unit">What one unit of the number means.</param>
public readonly record struct ObservationField(string Name, string Unit);

/// <summary>
/// The observation as a vector of floats for a learner: what the device knows on log or relative scales, then what the cost model expects
/// each plan's reward to be, so that a network starts from the planners' knowledge and learns what they leave out. Part of a frozen policy.
/// </summary>
public sealed class ObservationLayout
{
    private readonly CostModel _model;
    private readonly int[] _plans;
    private readonly BudgetSpec _budgets;

    /// <param name="plans">Plans of the model's table that the learner may choose; null: all of them.</param>
    public ObservationLayout(CostModel model, IReadOnlyList<int>? plans = null)
    {
        _model = model;
        _plans = plans?.ToArray() ?? Enumerable.Range(0, model.Count).ToArray();
        _budgets = model.Scenario.Budgets ?? new();
        Fields = [.. OwnFields, .. DebtFields(_budgets), .. _plans.Select(p => new ObservationField($"expected_reward[{model.Table.Plans[p]}]", "reward"))];
    }

    public IReadOnlyList<ObservationField> Fields { get; }
    public int Size => Fields.Count;

    /// <param name="vector">Length <see cref="Size"/>.</param>
    public void Write(Observation o, Span<float> vector)
    {
        var gap = _model.Scenario.Arrivals.MeanGap;
        var prior = _model.Scenario.Uplink.PriorBitsPerSecond;
        var i = 0;
        vector[i++] = Log(o.Deadline / _model.Scenario.Deadlines.Median);
        vector[i++] = (float)Math.Min(o.DeviceBacklog / o.Deadline, 10);
        vector[i++] = (float)Math.Min(o.FallbackAtRisk / o.Deadline, 10);
        vector[i++] = (float)Math.Min(o.UplinkBacklogBytes * 8 / o.Rate / o.Deadline, 20);
        vector[i++] = (float)Math.Min(o.PendingBytes * 8 / o.Rate / o.Deadline, 20);
        vector[i++] = (float)Math.Log(1 + o.UplinkBacklogBytes / 1000);
        vector[i++] = o.InFlight;
        vector[i++] = Log(o.Rate / prior);
        vector[i++] = Log(o.LastRate / prior);
        vector[i++] = Log(o.PreviousRate / prior);
        vector[i++] = (float)Math.Log(1 + o.RateAge);
        vector[i++] = (float)Math.Min(o.Volatility, 5);
        vector[i++] = (float)Math.Min(o.SendingFor / o.Deadline, 5);
        vector[i++] = o.SendingFor > 0 ? Log(o.SendingRate / prior) : 0;
        vector[i++] = o.ModemRates[1] > 0 ? Log(o.ModemRates[1] / prior) : 0;
        vector[i++] = (float)Math.Min(o.Rtt / o.Deadline, 5);
        vector[i++] = Log(o.ServerLoad);
        vector[i++] = (float)Math.Log(1 + o.ServerLoadAge);
        vector[i++] = Log(o.FastIntensity * gap);
        vector[i++] = Log(o.SlowIntensity * gap);
        vector[i++] = (float)Math.Min(o.SinceLastArrival / gap, 10);
        vector[i++] = (float)(o.Slowdown - 1 + o.Heat);
        vector[i++] = (float)o.Battery;
        if (_budgets.EnergyJoules < double.PositiveInfinity)
            vector[i++] = (float)Math.Log(1 + o.EnergyDebt);
        if (_budgets.MissRate < double.PositiveInfinity)
            vector[i++] = (float)Math.Log(1 + o.MissDebt);
        if (_budgets.AccuracyShortfall < double.PositiveInfinity)
            vector[i++] = (float)Math.Log(1 + o.AccuracyDebt);
        foreach (var p in _plans)
            vector[i++] = (float)_model.Predict(p, o).Reward;
    }

    private static float Log(double x) => (float)Math.Log(Math.Clamp(x, 1e-4, 1e4));

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
