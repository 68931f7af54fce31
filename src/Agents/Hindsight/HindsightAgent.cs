using RlOffload.Agents.Engine;
using RlOffload.Agents.Planners;
using RlOffload.Agents.Pricing;
using RlOffload.Environment;

namespace RlOffload.Agents.Hindsight;

/// <summary>
/// Approximate policy iteration on what every plan would have led to. Link, arrivals and deadlines do not depend on plans, so in a visited state all of
/// them can be tried on the same future (Sinclair et al. 2023, "Hindsight Learning for MDPs with Exogenous Inputs"); the states are those that the learner
/// itself visits (Ross, Gordon and Bagnell 2011). Unlike labels from an optimum that knows the future, the policy that goes on sees only what its plans
/// let it see, so news of the link have their value. Each round begins with the policy of the last; the first with a tuned planner.
/// </summary>
public sealed class HindsightAgent : IAgent
{
    private readonly AgentSetup _setup;
    private readonly HindsightOptions _options;
    private readonly AgentView _view;
    private readonly PlanPricing _learner, _average, _rest; // learning, its average, and the average as the round began
    private readonly Adam _adam;
    private readonly LabelledBatch _batch;
    private readonly HindsightUpdate _update;
    private readonly IEngine _engine;
    private readonly LabelledStates _memory;
    private readonly OffloadEnvironment?[] _worlds;
    private readonly ILabels?[] _labels;
    private readonly IPolicy[] _visiting;
    private readonly LearnedPolicy _learned;
    private readonly CandidateChoice _candidates;
    private readonly Refinement? _refinement;
    private readonly int _begin; // decisions before the first round
    private IPolicy _continuation;
    private long _updates;

    public HindsightAgent(AgentSetup setup, HindsightOptions options)
    {
        (_setup, _options, _view) = (setup, options, setup.View);
        var planners = setup.Planners();
        var rng = Rng.Keyed(setup.Seed, 0, 0, RngPurpose.Weights);
        (_learner, _average, _rest) = (options.Pricing(_view), options.Pricing(_view), options.Pricing(_view));
        _learner.Begin(PricedPlanner.Tuned(planners).Prices, _view.Model.Scenario.Deadlines.Median, ref rng);
        _average.CopyFrom(_learner);
        Policy = new PricingPolicy(_average, () => options.Pricing(_view), options.Margin);
        _learned = new LearnedPolicy("hindsight", new PricingPolicy(_rest, () => options.Pricing(_view)), _view);

        Start = options.Start == HindsightOptions.BestPlanner ? setup.BestPlanner(HindsightOptions.Planners, planners) : options.Start;
        _visiting = [.. Enumerable.Range(0, setup.Lanes).Select(_ => PlannerCatalogue.Create(Start, planners))];
        _continuation = PlannerCatalogue.Create(Start, planners);
        (_worlds, _labels) = (new OffloadEnvironment?[setup.Lanes], new ILabels?[setup.Lanes]);
        _candidates = new CandidateChoice(_view, options.Candidates);
        _memory = new LabelledStates(Math.Min(setup.ReplayCapacity, setup.Steps), _learner.State, _candidates.Most,
            setup.Budgets is null ? 0 : BudgetKeeper.Charges);

        _adam = new Adam(_learner.Network.Parameters, options.LearningRate, epsilon: 1e-8);
        _batch = new LabelledBatch(options.Batch, _learner.State, _candidates.Most);
        _update = new HindsightUpdate(_learner, _average, _adam, _batch, options);
        _engine = setup.Engine(_update.Graph);
        if (options.Refine is not { } refine)
            return;
        _refinement = new Refinement(setup, refine, _average, () => options.Pricing(_view));
        // The search before the first round takes its place.
        _begin = refine.Before > 0 ? refine.Before - options.Round : 0;
        Measures = [.. Measures, "lead", "spread"];
    }

    public ILearnedPolicy Policy { get; }

    /// <summary>The planner of the first round.</summary>
    public string Start { get; }

    /// <summary>Rounds that are over.</summary>
    public int Rounds { get; private set; }

    /// <summary>Not used: a return is the sum of what the horizon holds.</summary>
    public double Gamma => 1;

    /// <summary>gain: reward a request by which the learned policy leads the one that visited; certainty: probability of its likeliest plan; with searches also those of <see cref="CrossEntropy.LeaningSearch.End"/>.</summary>
    public IReadOnlyList<string> Measures { get; } = ["gain", "certainty"];

    public void Begin(OffloadEnvironment environment, int lane)
    {
        if (_worlds[lane] != environment)
            (_worlds[lane], _labels[lane]) = (environment, Labels(environment));
        _visiting[lane].Begin(environment.Window);
        if (lane == 0 && _refinement?.Turn() == true)
        {
            _learner.CopyFrom(_average);
            NextRound();
        }
        _refinement?.Begin(environment, lane);
    }

    private bool Searching => _refinement?.Searching == true;

    /// <summary>Of the planner's round only, so that a learned policy does not drift under those who copied it.</summary>
    public void Observe(in Moment moment)
    {
        if (Rounds > 0)
            return;
        if (!Searching)
            _learner.Normaliser.Observe(moment.Observation[.._learner.State]);
        _average.Normaliser.Observe(moment.Observation[.._learner.State]);
    }

    public int Choose(in Moment moment, ref Rng rng)
    {
        var world = moment.Environment;
        _refinement?.Decide(moment.Step);
        if (Searching)
            return Policy.Decide(world.Observation, moment.Observation, moment.Mask);
        if (moment.Step >= _begin + (Rounds + 1L) * _options.Round && _updates > 0)
            NextRound();
        var action = Rounds > 0 ? _learned.Learned.Decide(world.Observation, moment.Observation, moment.Mask)
            : Math.Max(_view.Plans.IndexOf(_visiting[moment.Lane].Decide(world.Observation, world.Mask)), 0);
        if (!moment.Mask[action])
            action = Policy.Decide(world.Observation, moment.Observation, moment.Mask);
        if (moment.Request % _options.LabelEvery == world.Window % _options.LabelEvery)
            Label(moment, action, ref rng);
        return rng.NextDouble() < _options.Explore ? moment.Uniform(ref rng) : action;
    }

    /// <summary>Tries the plans that matter here, each with the same future and the same policy after it.</summary>
    private void Label(in Moment moment, int played, ref Rng rng)
    {
        var labels = _labels[moment.Lane]!;
        var plans = _candidates.Choose(_average, moment, played, _view.Plans.IndexOf(labels.Required()), ref rng);
        var row = _memory.Add(moment.Observation[.._learner.State], plans.Length);
        for (var i = 0; i < plans.Length; i++)
            moment.Observation.Slice(_learner.State + plans[i] * PlanFeatures.Count, PlanFeatures.Count).CopyTo(_memory.Features(row, i));
        labels.Write(_candidates.InTable, _continuation, _memory.Labels(row), _memory.Charges(row));
    }

    public void Remember(in Transition transition) { }

    public void Learn(Span<double> measures)
    {
        if (_memory.Count == 0 || Searching)
            return;
        var rng = Rng.Keyed(_setup.Seed, (ulong)_updates++, 0, RngPurpose.Replay);
        _batch.Draw(_memory, _learner.Normaliser, _setup.Budgets is { } budgets ? budgets.Multipliers : default, ref rng);
        Decay(_learner.Network.Parameters.Flat);
        _adam.Advance();
        _engine.Run();
        measures[0] = _engine.Read(_update.Gain).Row(0)[0];
        measures[1] = _engine.Read(_update.Certainty).Row(0)[0];
    }

    private void Decay(Span<float> weights)
    {
        var kept = (float)(1 - _options.LearningRate * _options.WeightDecay);
        foreach (ref var weight in weights)
            weight *= kept;
    }

    public void End(int lane, double reward, Costs costs, Span<double> measures) => _refinement?.End(measures[2..]);

    private ILabels Labels(OffloadEnvironment environment) => _options.Labels == HindsightLabels.Oracle
        ? new OracleLabels(environment, _options.Horizon, [.. _view.Plans]) : new ReturnLabels(environment, _options.Horizon, _setup.Budgets);

    private void NextRound()
    {
        Rounds++;
        _rest.CopyFrom(_average);
        _continuation = _learned;
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(Rounds);
        writer.Write(_updates);
        _average.Save(writer);
        _learner.Save(writer);
        _rest.Save(writer);
        _adam.Save(writer);
        _memory.Save(writer);
        _refinement?.Save(writer);
    }

    public void Load(BinaryReader reader, string file)
    {
        Rounds = reader.ReadInt32();
        _updates = reader.ReadInt64();
        _average.Load(reader, file);
        _learner.Load(reader, file);
        _rest.Load(reader, file);
        _adam.Load(reader);
        _memory.Load(reader, file);
        if (Rounds > 0)
            _continuation = _learned;
        _refinement?.Load(reader, file);
    }
}
