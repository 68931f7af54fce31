using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents;

/// <summary>
/// What an agent under budgets learns from: its reward less multipliers times what each decision spends. The multipliers are found while it learns, in one of two
/// ways. As virtual queues: each window raises those whose budget it exceeded and lowers the others, as the debts do within a window, and a decision is
/// charged the more the larger the debts are that it sees (<see cref="BudgetSpec.Prices"/>; dual ascent, A. Ray, J. Achiam, D. Amodei, Benchmarking Safe Exploration in
/// Deep RL, 2019). Or by <see cref="PidMultiplier"/>, at one price for all decisions: a mean over windows that differ is cheapest kept so.
/// </summary>
/// <param name="pid">Gains of the controllers; null for virtual queues.</param>
public sealed class BudgetKeeper(BudgetSpec budgets, CostModel model, PidGains? pid = null)
{
    /// <summary>Numbers a transition is charged by.</summary>
    public const int Charges = 3;

    /// <summary>Reward that a window which exceeds a budget by all of it adds to its multiplier; and the largest excess that counts, because one bad window is no reason to stop serving.</summary>
    private const double Rate = 0.05, MostExcess = 2, MostWorth = 20;

    private static readonly Observation NoDebts = new();

    private readonly float[] _multipliers = new float[Charges];
    private readonly PidMultiplier[]? _controllers = pid is null ? null : [new(pid, MostWorth), new(pid, MostWorth), new(pid, MostWorth)];

    /// <summary>Of energy, misses and shortfall: reward that a budget's worth is worth, as of now.</summary>
    public ReadOnlySpan<float> Multipliers => _multipliers;

    /// <summary>Names, in snake_case, of what <see cref="Report"/> tells, for metrics.csv.</summary>
    public static IReadOnlyList<string> Measures { get; } =
        ["energy_multiplier", "miss_multiplier", "shortfall_multiplier", "energy_j_per_request", "miss_rate", "accuracy_shortfall"];

    /// <param name="mean">Mean costs of a request of the window just ended.</param>
    /// <returns>One a name of <see cref="Measures"/>.</returns>
    public double[] Report(Costs mean) => [_multipliers[0], _multipliers[1], _multipliers[2], mean.Energy, mean.Misses, mean.AccuracyShortfall];

    /// <summary>How much what is decided on this observation weighs: with virtual queues by the debts that it shows.</summary>
    public Costs Weights(Observation o) => budgets.Prices(new(1, 1, 1), pid is null ? o : NoDebts);

    /// <summary>What a decision costs.</summary>
    /// <param name="probe">Energy of its probe, J: an outcome names that of its request only.</param>
    public Costs Of(in Outcome outcome, double probe) => new(outcome.Energy + probe, outcome.InTime ? 0 : 1, model.BestAccuracy - outcome.Accuracy);

    /// <summary>
    /// Energy of the packet train that the plan would send now, J; 0 where it sends none. Knows the link, as rewards do: it goes behind what waits for the
    /// uplink and is cut off at the deadline.
    /// </summary>
    public double Probe(OffloadEnvironment environment, int plan)
    {
        if (!model.Table.Plans[plan].Probe)
            return 0;
        var (o, link) = (environment.Observation, environment.Draw);
        var last = o.Now + o.Deadline;
        var start = Math.Min(o.Now + link.SendSeconds(o.Now, o.UplinkBacklogBytes), last);
        var end = Math.Min(start + link.SendSeconds(start, CostModel.ProbeBytes), last);
        return model.SendEnergy(end - start, Math.Min(link.BytesBetween(start, end), CostModel.ProbeBytes));
    }

    /// <summary>What was spent, in budgets' worths weighed by the debts that its decision saw.</summary>
    /// <param name="weights"><see cref="Weights"/> of the observation that it was decided on.</param>
    /// <param name="charges">Length <see cref="Charges"/>.</param>
    public static void Charge(Costs spent, Costs weights, Span<float> charges)
    {
        charges[0] = (float)(spent.Energy * weights.Energy);
        charges[1] = (float)(spent.Misses * weights.Misses);
        charges[2] = (float)(spent.AccuracyShortfall * weights.AccuracyShortfall);
    }

    /// <param name="mean">Mean costs of a request of the window just ended.</param>
    public void Learn(Costs mean)
    {
        Move(0, mean.Energy, budgets.EnergyJoules);
        Move(1, mean.Misses, budgets.MissRate);
        Move(2, mean.AccuracyShortfall, budgets.AccuracyShortfall);
    }

    /// <summary>
    /// What a policy is judged by: its reward if it keeps the budgets; else less than any that keeps them can have, the less the more it exceeds them.
    /// </summary>
    public double Merit(double reward, Costs mean) => budgets.Excess(mean) is > 0 and var excess
        ? model.Reward(inTime: false, 0, 1, 1) - excess : reward;

    public void Save(BinaryWriter writer)
    {
        foreach (var multiplier in _multipliers)
            writer.Write(multiplier);
        foreach (var controller in _controllers ?? [])
            controller.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        for (var c = 0; c < Charges; c++)
            _multipliers[c] = reader.ReadSingle();
        foreach (var controller in _controllers ?? [])
            controller.Load(reader);
    }

    private void Move(int cost, double mean, double budget)
    {
        if (double.IsPositiveInfinity(budget))
            return;
        var share = mean / budget;
        if (_controllers is not null)
        {
            _controllers[cost].Learn(share);
            _multipliers[cost] = (float)_controllers[cost].Value;
        }
        else
            _multipliers[cost] = (float)Math.Clamp(_multipliers[cost] + Rate * Math.Min(share - 1, MostExcess), 0, MostWorth);
    }
}
