using RlOffload.Environment;

namespace RlOffload.Agents.Hindsight;

/// <summary>
/// What each plan earns with the continuation going on after it: samples of Q(s, a) for all plans on the same draws, so that what they have in common
/// cancels. Under budgets also what it spends, weighed as a decision of the moment is charged (<see cref="BudgetKeeper.Weights"/>).
/// </summary>
/// <param name="horizon">Decisions after the plan whose rewards still count.</param>
/// <param name="budgets">Null where there are none.</param>
public sealed class ReturnLabels(OffloadEnvironment environment, int horizon, BudgetKeeper? budgets) : ILabels
{
    private readonly Counterfactual _counterfactual = new(environment);

    public int Required() => -1;

    public void Write(ReadOnlySpan<int> plans, IPolicy continuation, Span<float> labels, Span<float> charges)
    {
        var weights = budgets?.Weights(environment.Observation) ?? default;
        for (var i = 0; i < plans.Length; i++)
        {
            var (reward, costs) = _counterfactual.RollOn(plans[i], continuation, horizon);
            labels[i] = (float)reward;
            if (budgets is not null)
                BudgetKeeper.Charge(costs, weights, charges.Slice(i * BudgetKeeper.Charges, BudgetKeeper.Charges));
        }
    }
}
