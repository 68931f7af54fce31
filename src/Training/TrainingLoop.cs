using RlOffload.Agents;
using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Training;

/// <param name="Window">Windows played.</param>
/// <param name="Return">Mean reward a request over the windows just ended, as they were explored.</param>
/// <param name="Validation">Mean reward a request of the greedy policy on the validation windows, at the last check; NaN before the first.</param>
/// <param name="Checked">Whether <paramref name="Validation"/> was measured just now.</param>
/// <param name="Measures">One a name of <see cref="TrainingLoop.Measures"/>: what the agent says of its last update; under budgets also multipliers and costs.</param>
/// <remarks>Under budgets a validation that exceeds them counts as less than any that keeps them: <see cref="BudgetKeeper.Merit"/>.</remarks>
public readonly record struct TrainProgress(int Step, int Window, double Return, double Validation, double BestValidation, bool Checked, IReadOnlyList<double> Measures);

/// <summary>
/// Trains an agent: observe, choose, step, remember what became known, learn. The unit of work is a window of each environment; between
/// windows the whole state can be saved, and a loaded one goes on bit for bit.
/// </summary>
public sealed partial class TrainingLoop
{
    private readonly Lane[] _lanes;
    private readonly OffloadEnvironment _validation;
    private readonly TrainOptions _options;
    private readonly ulong _seed;
    private readonly LearnedPolicy _greedy;
    private readonly BudgetKeeper? _keeper;
    private readonly double[] _measures;
    private readonly int _requests;
    private Costs _costs;
    private double _lastValidation = double.NaN;
    private int _nextValidation;

    /// <param name="training">An environment a lane, over the windows to learn from; all alike.</param>
    /// <param name="validation">Windows of the same links on which checkpoints are judged; never learned from.</param>
    /// <param name="plans">Plans of the environments' table that the agent may choose.</param>
    /// <param name="planners">Planners that an agent may start from; null where it starts from none.</param>
    public TrainingLoop(IReadOnlyList<OffloadEnvironment> training, OffloadEnvironment validation, IReadOnlyList<int> plans, TrainOptions options, ulong seed,
        Func<PlannerSetup>? planners = null)
    {
        (_validation, _options, _seed) = (validation, options, seed);
        _requests = validation.Model.Scenario.Requests;
        var setup = Setup(validation.Model, plans, options, seed);
        setup = planners is null ? setup : setup with { Planners = planners };
        _keeper = setup.Budgets;
        Agent = options.Agent.Create(setup);
        Best = new LearnedPolicy(options.Agent.Name, options.Agent.Policy(setup), setup.View);
        _greedy = new LearnedPolicy(options.Agent.Name, Agent.Policy, setup.View);
        _measures = new double[Agent.Measures.Count];
        _lanes = [.. training.Select((e, i) => new Lane(e, new TransitionCollector(setup.View, _requests, Agent.Gamma, options.NStep, Agent.Remember, i, _keeper)))];
        _nextValidation = options.ValidateEvery;
    }

    public IAgent Agent { get; }

    /// <summary>Names, in snake_case, of the columns that <see cref="TrainProgress.Measures"/> holds.</summary>
    public IReadOnlyList<string> Measures => _keeper is null ? Agent.Measures : [.. Agent.Measures, .. BudgetKeeper.Measures];

    /// <summary>What the agent had learned when it did best on the validation windows.</summary>
    public LearnedPolicy Best { get; }

    public double BestValidation { get; private set; } = double.NegativeInfinity;

    /// <summary>The step at which it did best.</summary>
    public int BestStep { get; private set; }

    /// <summary>Validation of the agent before it learned anything.</summary>
    public double UntrainedValidation { get; private set; } = double.NaN;

    public int Step { get; private set; }
    public int Window { get; private set; }
    public bool Done => Step >= _options.Steps;

    /// <summary>Plays a window in every lane and learns from them.</summary>
    public TrainProgress Advance()
    {
        if (Step == 0)
            UntrainedValidation = Validate();
        Begin();
        for (var request = 0; request < _requests; request++)
            for (var lane = 0; lane < _lanes.Length; lane++)
            {
                Decide(lane, request);
                Step++;
                if (Step > _options.StartSteps && Step % _options.UpdateEvery == 0)
                    Agent.Learn(_measures);
            }
        var reward = End();
        var check = Step >= _nextValidation || Done;
        if (check)
        {
            _nextValidation += _options.ValidateEvery;
            _lastValidation = Validate();
            if (_lastValidation > BestValidation)
                Keep(_lastValidation);
        }
        return new TrainProgress(Step, Window, reward, _lastValidation, BestValidation, check, [.. _measures, .. _keeper?.Report(_costs) ?? []]);
    }

    private void Begin()
    {
        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            var (environment, collector) = _lanes[lane];
            environment.Reset(Window + lane);
            collector.Begin();
            Agent.Begin(environment, lane);
            Look(lane, 0);
        }
    }

    private void Decide(int lane, int request)
    {
        var (environment, collector) = _lanes[lane];
        var rng = Rng.Keyed(_seed, (ulong)environment.Window, (ulong)request, RngPurpose.Explore);
        var action = Agent.Choose(See(lane, request), ref rng);
        var plan = _greedy.View.Plans[action];
        collector.Chose(request, action, _keeper?.Probe(environment, plan) ?? 0);
        environment.Step(plan);
        Look(lane, request + 1);
        foreach (ref readonly var outcome in environment.Delivered)
            collector.Deliver(outcome);
    }

    /// <returns>Mean reward a request.</returns>
    private double End()
    {
        var sum = 0.0;
        _costs = default;
        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            var environment = _lanes[lane].Environment;
            sum += environment.TotalReward / _requests;
            var costs = environment.TotalCosts / _requests;
            Agent.End(lane, environment.TotalReward / _requests, costs, _measures);
            if (Step > _options.StartSteps)
                _keeper?.Learn(costs);
            _costs += costs / _lanes.Length;
        }
        Window += _lanes.Length;
        return sum / _lanes.Length;
    }

    private void Look(int lane, int request)
    {
        var (environment, collector) = _lanes[lane];
        collector.See(request, environment.Observation, environment.Mask);
        Agent.Observe(See(lane, request));
    }

    private Moment See(int lane, int request)
    {
        var (environment, collector) = _lanes[lane];
        return new Moment(environment, lane, request, Step, collector.Observation(request), collector.Mask(request));
    }

    private double Validate()
    {
        var (sum, costs) = (0.0, new Costs());
        for (var w = 0; w < _options.ValidationWindows; w++)
        {
            sum += Rollout.Play(_validation, _greedy, WindowNumbers.Validation + w);
            costs += _validation.TotalCosts;
        }
        var mean = sum / _options.ValidationWindows / _requests;
        return _keeper?.Merit(mean, costs / _options.ValidationWindows / _requests) ?? mean;
    }

    private void Keep(double validation)
    {
        (BestValidation, BestStep) = (validation, Step);
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        Agent.Policy.Save(writer);
        memory.Position = 0;
        using var reader = new BinaryReader(memory);
        Best.Learned.Load(reader, "best");
    }

    private sealed record Lane(OffloadEnvironment Environment, TransitionCollector Collector);
}
