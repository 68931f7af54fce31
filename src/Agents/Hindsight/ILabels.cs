using RlOffload.Environment;

namespace RlOffload.Agents.Hindsight;

/// <summary>Judges the plans of the request that an environment has arrived at. Knows the window; used in training only.</summary>
public interface ILabels
{
    /// <summary>A plan of the environment's table that has to be among those that are judged; -1 where there is none.</summary>
    int Required();

    /// <param name="plans">By index in the environment's table; all of them can run.</param>
    /// <param name="continuation">Who goes on after each of them.</param>
    /// <param name="labels">One a plan; is filled. Only differences between them mean something.</param>
    /// <param name="charges">Under budgets what each plan spends, <see cref="BudgetKeeper.Charges"/> numbers a plan in budgets' worths; is filled. Else empty.</param>
    void Write(ReadOnlySpan<int> plans, IPolicy continuation, Span<float> labels, Span<float> charges);
}
