using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents;

/// <summary>
/// What an agent under budgets learns from: its reward less multipliers times what each decision spends, the more the larger the debts are that it sees
/// (<see cref="BudgetSpec.Prices"/>). The multipliers are found while it learns: each window raises those whose budget it exceeded and lowers
/// the others, so they are virtual queues over windows as the debts are within one (dual ascent; A. Ray, J. Achiam, D. Amodei, Benchmarking Safe Exploration in Deep
/// RL, 2019, call it the Lagrangian form of an algorithm).
/// </summary>
public sealed class BudgetKeeper(BudgetSpec budgets, CostModel model)
{
    /// <summary>Numbers a transition is charged by.</summary>
    public const int Charges = 3;

    /// <summary>Reward that a window which exceeds a budget by all of it adds to its multiplier; and the largest excess that counts, because one bad window is no reason to stop serving.</summary>
    private const double Rate = 0.05, MostExcess = 2, MostWorth = 20;

    private readonly float[] _multipliers = new float[Charges];

    /// <summary>Of energy, misses and shortfall: reward that a budget's worth is worth, as of now.</summary>
    public ReadOnlySpan<float> Multipliers => _multipliers;

    /// <summary>How much what is decided on this observation weighs, by the debts that it shows.</summary>
    public Costs Weights(Observation o) => budgets.Prices(new(1, 1, 1), o);

    /// <summary>What the outcome spent, in budgets' worths weighed by the debts that its decision saw.</summary>
    /// <param name="weights"><see cref="Weights"/> of the observation that it was decided on.</param>
    /// <param name="charges">Length <see cref="Charges"/>.</param>
    public void Charge(in Outcome outcome, in Costs weights, Span<float> charges)
    {
        charges[0] = (float)(outcome.Energy * weights.Energy);
        charges[1] = (float)((outcome.InTime ? 0 : 1) * weights.Misses);
        charges[2] = (float)((model.BestAccuracy - outcome.Accuracy) * weights.AccuracyShortfall);
    }

    /// <param name="mean">Mean costs of a request of the window just ended.</param>
    public void Learn(Costs mean)
    {
        Move(0, mean.Energy / budgets.EnergyJoules);
        Move(1, mean.Misses / budgets.MissRate);
        Move(2, mean.AccuracyShortfall / budgets.AccuracyShortfall);
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
    }

    public void Load(BinaryReader reader)
    {
        for (var c = 0; c < Charges; c++)
            _multipliers[c] = reader.ReadSingle();
    }

    private void Move(int cost, double share)
    {
        if (share > 0) // without a budget the share is nothing of infinity
            _multipliers[cost] = (float)Math.Clamp(_multipliers[cost] + Rate * Math.Min(share - 1, MostExcess), 0, MostWorth);
    }
}
