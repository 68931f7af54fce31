using RlOffload.Agents.Learning;
using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <param name="Accuracy">Share of decisions in which the policy chose the optimiser's plan.</param>
/// <param name="Regret">Reward a request that the optimiser earns more, each playing for itself.</param>
public readonly record struct ImitationReport(double Accuracy, double Regret);

/// <summary>
/// MEMTL (multi-head ensemble multi-task learning, arXiv 2309.00907, after its published code MTFNN-CO): supervised imitation of an optimiser by
/// one backbone that all heads share and several heads, each trained on a bootstrap subset with the backbone frozen. Whose plan is played is
/// decided by computed cost (the cost model's reward less the tuned prices), never by the label, which the published evaluation uses.
/// Widths (60, 40), rate 1e-3, 30 epochs and the order of training are the paper's. Here a head is a softmax over plans with cross-entropy,
/// not shares with squared error; four heads and asking the optimiser in states that the imitator visits (DAgger, Ross, Gordon, Bagnell 2011)
/// are guesses. Trained once, on training windows.
/// </summary>
public sealed class MemtlPlanner : IPolicy, IPlannerNote
{
    /// <summary>Heads of the ensemble.</summary>
    public const int Heads = 4;

    private const int BackboneWidth = 60, HeadWidth = 40, Batch = 128;

    /// <summary>How often all samples are gone over: by the backbone after each round, and by each head.</summary>
    private const int Epochs = 30;

    /// <summary>How often the optimiser is asked: in its own states, then in those of what was learned so far.</summary>
    private const int Rounds = 3;

    private const double LearningRate = 1e-3;

    private readonly CostModel _model;
    private readonly int[] _candidates;
    private readonly StationPrices _prices;
    private readonly ObservationLayout _layout;
    private readonly Mlp _backbone;
    private readonly Mlp[] _heads;
    private readonly float[] _input, _features, _logits;
    private readonly Retreat _retreat;

    private MemtlPlanner(CostModel model, IReadOnlyList<int> candidates, StationPrices prices)
    {
        (_model, _prices) = (model, prices);
        _candidates = [.. candidates.Order()];
        _layout = new ObservationLayout(model, _candidates);
        _backbone = new Mlp(_layout.Size, [], BackboneWidth);
        _heads = [.. Enumerable.Range(0, Heads).Select(_ => new Mlp(BackboneWidth, [HeadWidth], _candidates.Length))];
        (_input, _features, _logits) = (new float[_layout.Size], new float[BackboneWidth], new float[_candidates.Length]);
        _retreat = new Retreat(model.Table);
    }

    public string Name => "memtl";

    /// <summary>On windows that nothing was learned on; of links it was.</summary>
    public ImitationReport Imitation { get; private set; }

    public string Note => FormattableString.Invariant(
        $"on windows it did not learn from it chooses as the optimiser that it imitates in {Imitation.Accuracy:0.0 %} of its decisions, and earns {Imitation.Regret:0.0000} a request less");

    public static MemtlPlanner Tuned(PlannerSetup setup)
    {
        var prices = PricedPlanner.Tuned(setup).Prices;
        var planner = new MemtlPlanner(setup.Model, setup.Candidates, prices);
        Mlp[] networks = [planner._backbone, .. planner._heads];
        double[] Learn()
        {
            var optimiser = new ForesightedOptimiser(setup, prices);
            planner.Learn(setup, optimiser);
            var report = planner.Report(setup, optimiser);
            setup.Constants?.Tried(setup.TuningKey("memtl"), 1);
            return [report.Accuracy, report.Regret, .. networks.Weights()];
        }
        var constants = setup.Constants is { } cache
            ? cache.GetOrTune(setup.TuningKey("memtl"), c => c.Length == 2 + networks.Count(), Learn) : Learn();
        planner.Imitation = new ImitationReport(constants[0], constants[1]);
        networks.Load(constants.AsSpan(2));
        return planner;
    }

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        _layout.Write(observation, _input);
        Features(_input, _features);
        var (best, most) = (-1, double.NegativeInfinity);
        foreach (var head in _heads)
        {
            head.Forward(_features, _logits);
            var plan = Likeliest(mask);
            if (plan < 0)
                continue;
            var expected = _model.Predict(plan, observation);
            var worth = expected.Reward - _prices.Device * expected.DeviceSeconds - _prices.Uplink * expected.UplinkSeconds;
            if (worth > most)
                (best, most) = (plan, worth);
        }
        return _retreat.Unless(best, mask);
    }

    private int Likeliest(ReadOnlySpan<bool> mask)
    {
        var (plan, most) = (-1, float.NegativeInfinity);
        for (var c = 0; c < _candidates.Length; c++)
            if (mask[_candidates[c]] && _logits[c] > most)
                (plan, most) = (_candidates[c], _logits[c]);
        return plan;
    }

    private void Features(ReadOnlySpan<float> input, Span<float> features)
    {
        _backbone.Forward(input, features);
        foreach (ref var feature in features)
            feature = Math.Max(feature, 0);
    }

    /// <summary>The optimiser's plans in the states that it visits itself, then in those that what was learned so far visits.</summary>
    private void Learn(PlannerSetup setup, ForesightedOptimiser optimiser)
    {
        var rng = Rng.Keyed(setup.Seed, 1, 0, RngPurpose.Weights);
        var whole = new Mlp(_layout.Size, [BackboneWidth, HeadWidth], _candidates.Length);
        whole.Initialise(ref rng);
        var learner = new PlanLearner(whole, Batch, LearningRate);
        var world = setup.Training();
        var requests = setup.Model.Scenario.Requests;
        var states = Matrix.Zeros(Rounds * setup.TrainingWindows.Count * requests, _layout.Size);
        var labels = new int[states.Rows];
        var count = 0;
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var window in setup.TrainingWindows)
                Follow(world, optimiser, round == 0 ? null : this, window, states, labels, ref count);
            int[] all = [.. Enumerable.Range(0, count)];
            for (var step = 0; step < Epochs * count / Batch + 1; step++)
                learner.Step(states, labels, all, ref rng);
            Split(whole);
            setup.Progress?.Report(0.8 * (round + 1) / Rounds);
        }

        var features = Matrix.Zeros(count, BackboneWidth);
        for (var row = 0; row < count; row++)
            Features(states.Row(row), features.Row(row));
        for (var h = 0; h < Heads; h++)
        {
            _heads[h].Initialise(ref rng);
            var subset = new int[count]; // with replacement
            foreach (ref var row in subset.AsSpan())
                row = rng.NextInt(count);
            var pupil = new PlanLearner(_heads[h], Batch, LearningRate);
            for (var step = 0; step < Epochs * count / Batch + 1; step++)
                pupil.Step(features, labels, subset, ref rng);
            setup.Progress?.Report(0.8 + 0.2 * (h + 1) / Heads);
        }
    }

    /// <summary>The first layer becomes the backbone, the rest every head: what plays while there are no heads yet.</summary>
    private void Split(Mlp whole)
    {
        Copy(whole.Layers[0], _backbone.Layers[0]);
        foreach (var head in _heads)
            for (var layer = 0; layer < 2; layer++)
                Copy(whole.Layers[layer + 1], head.Layers[layer]);
    }

    private static void Copy(in DenseLayer from, in DenseLayer to)
    {
        from.Weight.Span.CopyTo(to.Weight.Span);
        from.Bias.Span.CopyTo(to.Bias.Span);
    }

    /// <summary>Plays a window by <paramref name="leader"/>, or the optimiser where there is none, and writes down what the optimiser would do.</summary>
    private void Follow(
        OffloadEnvironment world, ForesightedOptimiser optimiser, IPolicy? leader, int window, in Matrix states, Span<int> labels, ref int count)
    {
        Rollout.Begin(world, optimiser, window);
        while (!world.Truncated)
        {
            var plan = optimiser.Decide(world.Observation, world.Mask);
            // What the mask made it retreat to is no label.
            if (Array.IndexOf(_candidates, plan) is >= 0 and var label)
            {
                _layout.Write(world.Observation, states.Row(count));
                labels[count++] = label;
            }
            world.Step(leader?.Decide(world.Observation, world.Mask) ?? plan);
        }
    }

    /// <summary>On as many windows after the last training window.</summary>
    private ImitationReport Report(PlannerSetup setup, ForesightedOptimiser optimiser)
    {
        var world = setup.Training();
        int[] fresh = [.. Enumerable.Range(setup.TrainingWindows.Max() + 1, Math.Min(10, setup.TrainingWindows.Count))];
        var (same, decisions) = (0, 0);
        foreach (var window in fresh)
        {
            Rollout.Begin(world, optimiser, window);
            for (; !world.Truncated; decisions++)
            {
                var plan = Decide(world.Observation, world.Mask);
                same += plan == optimiser.Decide(world.Observation, world.Mask) ? 1 : 0;
                world.Step(plan);
            }
        }
        var rewards = Rollout.MeanRewards(setup.Training, [optimiser, this], fresh);
        return new ImitationReport((double)same / decisions, rewards[0] - rewards[1]);
    }
}
