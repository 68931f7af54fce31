using RlOffload.Agents.Planners;
using RlOffload.Agents.Pricing;
using RlOffload.Environment;

namespace RlOffload.Agents.CrossEntropy;

/// <summary>
/// Searches 54 numbers round the cost model: how the prices of six features of a plan lean on eight numbers of the device's state. No gradient, no
/// network: the baseline that learned networks have to beat. Every policy of a generation plays the same training windows, in forks of the
/// environment that is played; the search begins at the planner 'priced'.
/// </summary>
public sealed class CrossEntropyAgent : IAgent
{
    /// <summary>What prices lean on; each also has a constant.</summary>
    private static readonly string[] Situation =
        ["deadline", "device_backlog", "uplink_backlog", "rate", "rate_age", "volatility", "server_load", "fast_intensity"];

    /// <summary>Features that are priced, and the first spread of their prices: reward a median deadline of device and of uplink; trust in half the rate; cost of lateness; what sending and probing are worth.</summary>
    private static readonly (string Feature, double Scale)[] Priced =
        [("device", 0.15), ("uplink", 0.15), ("slow_reward", 0.1), ("latency", 0.05), ("sends", 0.05), ("probes", 0.03)];

    private readonly AgentSetup _setup;
    private readonly CrossEntropyOptions _options;
    private readonly PlanPricing _mean, _trial;
    private readonly LearnedPolicy _playing;
    private readonly CrossEntropySearch _search;
    private readonly OffloadEnvironment?[] _worlds, _forks;
    private readonly int[] _states, _features;
    private readonly double[] _point, _rewards, _scores;
    private readonly Costs[] _costs;
    private int _windows, _steps;

    public CrossEntropyAgent(AgentSetup setup, CrossEntropyOptions options)
    {
        (_setup, _options) = (setup, options);
        var view = setup.View;
        var names = view.Layout.Fields.Select(f => f.Name).ToList();
        _states = [.. Situation.Select(s => names.IndexOf(s))];
        _features = [.. Priced.Select(p => PlanFeatures.IndexOf(p.Feature))];
        (_mean, _trial) = (CrossEntropyOptions.Pricing(view), CrossEntropyOptions.Pricing(view));
        var rng = new Rng(setup.Seed);
        _mean.Begin(PricedPlanner.Tuned(setup.Planners()).Prices, view.Model.Scenario.Deadlines.Median, ref rng);
        _trial.CopyFrom(_mean);
        Policy = new PricingPolicy(_mean, () => CrossEntropyOptions.Pricing(view));
        _playing = new LearnedPolicy("cem", new PricingPolicy(_trial, () => CrossEntropyOptions.Pricing(view)), view);
        _search = new CrossEntropySearch(Numbers, options, setup.Seed);
        (_worlds, _forks) = (new OffloadEnvironment?[setup.Lanes], new OffloadEnvironment?[setup.Lanes]);
        (_point, _rewards, _scores) = (new double[Numbers], new double[options.Population], new double[options.Population]);
        _costs = new Costs[options.Population];
    }

    /// <summary>Numbers that are searched.</summary>
    public static int Numbers => (Situation.Length + 1) * Priced.Length;

    public ILearnedPolicy Policy { get; }

    /// <summary>Not used: whole windows are scored.</summary>
    public double Gamma => 1;

    public int Generation => _search.Generation;

    /// <summary>lead: reward a request by which the elite's worst leads the mean of the generation; spread: of the search, in its first units.</summary>
    public IReadOnlyList<string> Measures { get; } = ["lead", "spread"];

    /// <summary>The first generation's windows only show what states look like; from then on every policy plays each window.</summary>
    public void Begin(OffloadEnvironment environment, int lane)
    {
        if (_worlds[lane] != environment)
            (_worlds[lane], _forks[lane]) = (environment, environment.Fork());
        if (!_mean.Normaliser.Frozen)
            return;
        for (var i = 0; i < _options.Population; i++)
        {
            _search.Point(i, _point);
            Set(_trial, _point);
            var fork = _forks[lane]!;
            fork.CopyFrom(environment);
            while (!fork.Truncated)
                fork.Step(_playing.Decide(fork.Observation, fork.Mask));
            _rewards[i] += fork.TotalReward;
            _costs[i] += fork.TotalCosts;
        }
    }

    public void Observe(in Moment moment)
    {
        if (!_mean.Normaliser.Frozen)
            _mean.Normaliser.Observe(moment.Observation[.._mean.State]);
    }

    public int Choose(in Moment moment, ref Rng rng)
    {
        _steps = moment.Step + 1;
        return Policy.Decide(moment.Environment.Observation, moment.Observation, moment.Mask);
    }

    public void Remember(in Transition transition) { }

    public void Learn(Span<double> measures) { }

    public void End(int lane, double reward, Costs costs, Span<double> measures)
    {
        if (++_windows < _options.Windows)
            return;
        if (_mean.Normaliser.Frozen)
            Select(measures);
        _mean.Normaliser.Frozen = true;
        Set(_mean, _search.Mean);
        _trial.CopyFrom(_mean);
        _windows = 0;
        Array.Clear(_rewards);
        Array.Clear(_costs);
    }

    private void Select(Span<double> measures)
    {
        var requests = (double)_windows * _setup.View.Model.Scenario.Requests;
        for (var i = 0; i < _scores.Length; i++)
            _scores[i] = _setup.Budgets is { } budgets ? budgets.Merit(_rewards[i] / requests, _costs[i] / requests) : _rewards[i] / requests;
        measures[0] = _scores.OrderDescending().ElementAt(_options.Elite - 1) - _scores.Average();
        _search.Select(_scores, Math.Min(1, (double)_steps / _setup.Steps));
        measures[1] = _search.Spread;
    }

    /// <summary>price of feature f = start + scale (point[f, 0] + sum over s of point[f, s] state[s]).</summary>
    private void Set(PlanPricing pricing, ReadOnlySpan<double> point)
    {
        var (weight, bias) = pricing.Network.Layers[0];
        for (var (f, at) = (0, 0); f < _features.Length; f++)
        {
            bias.Row(0)[_features[f]] = (float)(Priced[f].Scale * point[at++]);
            foreach (var s in _states)
                weight.Row(s)[_features[f]] = (float)(Priced[f].Scale * point[at++]);
        }
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(_options.Population);
        _mean.Save(writer);
        _search.Save(writer);
        writer.Write(_windows);
        for (var i = 0; i < _rewards.Length; i++)
        {
            writer.Write(_rewards[i]);
            writer.Write(_costs[i].Energy);
            writer.Write(_costs[i].Misses);
            writer.Write(_costs[i].AccuracyShortfall);
        }
    }

    public void Load(BinaryReader reader, string file)
    {
        if (reader.ReadInt32() is var population && population != _options.Population)
            throw new InputException(file, "cem.population", $"is {population}, this configuration needs {_options.Population}");
        _mean.Load(reader, file);
        _trial.CopyFrom(_mean);
        _search.Load(reader);
        _windows = reader.ReadInt32();
        for (var i = 0; i < _rewards.Length; i++)
        {
            _rewards[i] = reader.ReadDouble();
            _costs[i] = new(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        }
    }
}
