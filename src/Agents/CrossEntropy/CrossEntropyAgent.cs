using RlOffload.Agents.Planners;
using RlOffload.Agents.Pricing;
using RlOffload.Environment;

namespace RlOffload.Agents.CrossEntropy;

/// <summary>
/// A search of 54 numbers round the cost model, by <see cref="LeaningSearch"/>: no gradient, no network, the baseline that learned networks have to
/// beat. It begins at the planner 'priced'.
/// </summary>
public sealed class CrossEntropyAgent : IAgent
{
    private readonly AgentSetup _setup;
    private readonly PlanPricing _mean;
    private readonly LeaningSearch _search;
    private int _steps;

    public CrossEntropyAgent(AgentSetup setup, CrossEntropyOptions options)
    {
        var view = setup.View;
        (_setup, _mean) = (setup, CrossEntropyOptions.Pricing(view));
        var rng = new Rng(setup.Seed);
        _mean.Begin(PricedPlanner.Tuned(setup.Planners()).Prices, view.Model.Scenario.Deadlines.Median, ref rng);
        Policy = new PricingPolicy(_mean, () => CrossEntropyOptions.Pricing(view));
        _search = new LeaningSearch(setup, options, _mean, () => CrossEntropyOptions.Pricing(view));
    }

    public ILearnedPolicy Policy { get; }

    /// <summary>Not used: whole windows are scored.</summary>
    public double Gamma => 1;

    public int Generation => _search.Generation;

    /// <summary>Those of <see cref="LeaningSearch.End"/>.</summary>
    public IReadOnlyList<string> Measures { get; } = ["lead", "spread"];

    public void Begin(OffloadEnvironment environment, int lane) => _search.Begin(environment, lane);

    public void Observe(in Moment moment) => _mean.Normaliser.Observe(moment.Observation[.._mean.State]);

    public int Choose(in Moment moment, ref Rng rng)
    {
        _steps = moment.Step + 1;
        return Policy.Decide(moment.Environment.Observation, moment.Observation, moment.Mask);
    }

    public void Remember(in Transition transition) { }

    public void Learn(Span<double> measures) { }

    public void End(int lane, double reward, Costs costs, Span<double> measures) => _search.End((double)_steps / _setup.Steps, measures);

    public void Save(BinaryWriter writer)
    {
        _mean.Save(writer);
        _search.Save(writer);
    }

    public void Load(BinaryReader reader, string file)
    {
        _mean.Load(reader, file);
        _search.Load(reader, file);
    }
}
