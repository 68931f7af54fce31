using RlOffload.Agents.Learning;
using RlOffload.Agents.Pricing;
using RlOffload.Environment;

namespace RlOffload.Agents.CrossEntropy;

/// <summary>
/// Searches 54 numbers by the reward of whole windows: how the prices of six features of a plan lean on eight numbers of the device's state. Every
/// policy of a generation plays the same training windows, in forks of the environment that is played, so what the windows have in common cancels.
/// It moves what is linear in the state of a pricing (<see cref="PlanPricing.Linear"/>), from wherever that stands.
/// </summary>
public sealed class LeaningSearch
{
    /// <summary>What prices lean on; each also has a constant.</summary>
    private static readonly string[] Situation =
        ["deadline", "device_backlog", "uplink_backlog", "rate", "rate_age", "volatility", "server_load", "fast_intensity"];

    /// <summary>Features that are priced, and the first spread of their prices: reward a median deadline of device and of uplink; trust in half the rate; cost of lateness; what sending and probing are worth.</summary>
    private static readonly (string Feature, double Scale)[] Priced =
        [("device", 0.15), ("uplink", 0.15), ("slow_reward", 0.1), ("latency", 0.05), ("sends", 0.05), ("probes", 0.03)];

    private const int Constant = -1;

    private readonly AgentSetup _setup;
    private readonly CrossEntropyOptions _options;
    private readonly PlanPricing _mean, _trial;
    private readonly LearnedPolicy _playing;
    private readonly CrossEntropySearch _search;
    private readonly OffloadEnvironment?[] _worlds, _forks;
    private readonly int[] _states, _features;
    private readonly double[] _point, _base, _rewards, _scores;
    private readonly Costs[] _costs;
    private int _windows;

    /// <param name="mean">What is searched round; after each generation it stands where the search does.</param>
    /// <param name="another">Makes a pricing of the same shape.</param>
    public LeaningSearch(AgentSetup setup, CrossEntropyOptions options, PlanPricing mean, Func<PlanPricing> another)
    {
        (_setup, _options, _mean, _trial) = (setup, options, mean, another());
        var view = setup.View;
        var names = view.Layout.Fields.Select(f => f.Name).ToList();
        _states = [Constant, .. Situation.Select(s => names.IndexOf(s))];
        _features = [.. Priced.Select(p => PlanFeatures.IndexOf(p.Feature))];
        _playing = new LearnedPolicy("trial", new PricingPolicy(_trial, another), view);
        _search = new CrossEntropySearch(Numbers, options, setup.Seed);
        (_worlds, _forks) = (new OffloadEnvironment?[setup.Lanes], new OffloadEnvironment?[setup.Lanes]);
        (_point, _base, _rewards, _scores) = (new double[Numbers], new double[Numbers], new double[options.Population], new double[options.Population]);
        _costs = new Costs[options.Population];
        Restart();
    }

    /// <summary>Numbers that are searched.</summary>
    public static int Numbers => (Situation.Length + 1) * Priced.Length;

    public int Generation => _search.Generation;

    /// <summary>Searches round what the pricing says now. Where it has seen states, they are known from here on; else the first generation's windows show them.</summary>
    public void Restart()
    {
        _mean.Normaliser.Frozen |= _mean.Normaliser.Count > 0;
        for (var i = 0; i < _base.Length; i++)
            _base[i] = At(_mean, i);
        _trial.CopyFrom(_mean);
    }

    /// <summary>A window begins: every policy of the generation plays it; as long as nothing is known of how states vary, none does.</summary>
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

    /// <summary>A window is over; with the last of a generation the next one begins.</summary>
    /// <param name="done">Share of the search that is over, 0..1.</param>
    /// <param name="measures">lead: reward a request by which the elite's worst leads the mean of the generation; spread: of the search, in its first units.</param>
    public void End(double done, Span<double> measures)
    {
        if (++_windows < _options.Windows)
            return;
        if (_mean.Normaliser.Frozen)
            Select(Math.Clamp(done, 0, 1), measures);
        _mean.Normaliser.Frozen = true;
        Set(_mean, _search.Mean);
        _trial.CopyFrom(_mean);
        _windows = 0;
        Array.Clear(_rewards);
        Array.Clear(_costs);
    }

    private void Select(double done, Span<double> measures)
    {
        var requests = (double)_windows * _setup.View.Model.Scenario.Requests;
        for (var i = 0; i < _scores.Length; i++)
            _scores[i] = _setup.Budgets is { } budgets ? budgets.Merit(_rewards[i] / requests, _costs[i] / requests) : _rewards[i] / requests;
        measures[0] = _scores.OrderDescending().ElementAt(_options.Elite - 1) - _scores.Average();
        _search.Select(_scores, done);
        measures[1] = _search.Spread;
    }

    /// <summary>price of feature f = base + scale (point[f, 0] + sum over s of point[f, s] state[s])</summary>
    private void Set(PlanPricing pricing, ReadOnlySpan<double> point)
    {
        for (var i = 0; i < point.Length; i++)
            At(pricing, i) = (float)(_base[i] + Priced[i / _states.Length].Scale * point[i]);
    }

    /// <summary>Where the search's <paramref name="i"/>-th number stands in the pricing.</summary>
    private ref float At(PlanPricing pricing, int i)
    {
        var (weight, bias) = pricing.Linear.Layers[0];
        var (feature, state) = (_features[i / _states.Length], _states[i % _states.Length]);
        return ref (state == Constant ? bias.Row(0) : weight.Row(state))[feature];
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(_options.Population);
        _search.Save(writer);
        writer.WriteBlock<double>(_base);
        writer.Write(_windows);
        for (var i = 0; i < _rewards.Length; i++)
        {
            writer.Write(_rewards[i]);
            writer.Write(_costs[i].Energy);
            writer.Write(_costs[i].Misses);
            writer.Write(_costs[i].AccuracyShortfall);
        }
    }

    /// <summary>After the pricing that is searched round was read.</summary>
    /// <exception cref="InputException">What is read is of another population; names <paramref name="file"/>.</exception>
    public void Load(BinaryReader reader, string file)
    {
        reader.Expect(file, "search.population", _options.Population);
        _search.Load(reader);
        reader.ReadBlock<double>(_base);
        _trial.CopyFrom(_mean);
        _windows = reader.ReadInt32();
        for (var i = 0; i < _rewards.Length; i++)
        {
            _rewards[i] = reader.ReadDouble();
            _costs[i] = new(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        }
    }
}
