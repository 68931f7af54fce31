using RlOffload.Environment;

namespace RlOffload.Agents.Hindsight;

/// <summary>
/// What each plan earns with the continuation going on after it: samples of Q(s, a) for all plans on the same draws, so that what they have in common
/// cancels. Under budgets, less what is spent at the present multipliers, weighed by the debts of the moment.
/// </summary>
/// <param name="horizon">Decisions after the plan whose rewards still count.</param>
/// <param name="budgets">Null where there are none.</param>
public sealed class ReturnLabels(OffloadEnvironment environment, int horizon, BudgetKeeper? budgets) : ILabels
{
    private readonly Counterfactual _counterfactual = new(environment);

    public int Required() => -1;

    public void Write(ReadOnlySpan<int> plans, IPolicy continuation, Span<float> labels)
    {
        var prices = budgets is null ? default : Prices(budgets);
        for (var i = 0; i < plans.Length; i++)
        {
            var (reward, costs) = _counterfactual.RollOn(plans[i], continuation, horizon);
            labels[i] = (float)(budgets is null ? reward : reward - costs.At(prices));
        }
    }

    private Costs Prices(BudgetKeeper keeper)
    {
        var weights = keeper.Weights(environment.Observation);
        var multipliers = keeper.Multipliers;
        return new(multipliers[0] * weights.Energy, multipliers[1] * weights.Misses, multipliers[2] * weights.AccuracyShortfall);
    }
}
