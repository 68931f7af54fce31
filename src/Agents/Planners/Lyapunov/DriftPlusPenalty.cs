using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>What a drift-plus-penalty rule keeps low beside its queues.</summary>
public enum PenaltyKind
{
    /// <summary>The negative of the expected reward.</summary>
    LostReward,

    /// <summary>The expected energy of the request, J.</summary>
    Energy,
}

/// <param name="V">Weight of the penalty against the queues, s^2 a unit of penalty: the higher, the nearer to the least penalty and the longer the queues.</param>
/// <param name="EnergyBudget">J a request on average, kept by a virtual queue; null: none.</param>
public readonly record struct DriftPenaltyOptions(double V, PenaltyKind Penalty = PenaltyKind.LostReward, double? EnergyBudget = null);

/// <summary>
/// The objective of Lyapunov optimisation (Neely, "Stochastic Network Optimization with Application to Communication and Queueing Systems",
/// 2010, ch. 4) on plans: the queues are the backlogs of device and uplink in seconds, and for a budget of energy the virtual queue
/// Y(t+1) = max(Y(t) + e(t) - budget, 0). A plan that adds d and u seconds of work and e joules is worth
/// -(V penalty + Q_d d + Q_u u + w Y e), where w = (mean gap / budget)^2 makes joules comparable with seconds (a guess).
/// </summary>
public sealed class DriftPlusPenalty(CostModel model, DriftPenaltyOptions options)
{
    private readonly double _jouleWeight = options.EnergyBudget is { } budget ? Math.Pow(model.Scenario.Arrivals.MeanGap / budget, 2) : 0;

    public DriftPenaltyOptions Options { get; } = options;

    /// <summary>Y: energy that the plans played were expected to take beyond the budget, J.</summary>
    public double EnergyDebt { get; private set; }

    public void Reset() => EnergyDebt = 0;

    /// <summary>The higher, the better.</summary>
    public double Worth(int plan, Observation o) => Worth(model.Predict(plan, o), o);

    /// <summary>Takes notice of the plan that is played.</summary>
    public void Played(int plan, Observation o)
    {
        if (Options.EnergyBudget is { } budget && model.Predict(plan, o).Energy is var energy && double.IsFinite(energy))
            EnergyDebt = Math.Max(EnergyDebt + energy - budget, 0);
    }

    private double Worth(in Prediction expected, Observation o)
    {
        var penalty = Options.Penalty == PenaltyKind.Energy ? expected.Energy : -expected.Reward;
        var uplink = (o.UplinkBacklogBytes + o.PendingBytes) * 8 / o.Rate;
        return -(Options.V * penalty + o.DeviceBacklog * expected.DeviceSeconds + uplink * expected.UplinkSeconds
            + _jouleWeight * EnergyDebt * expected.Energy);
    }
}
