using RlOffload.Agents.Learning;
using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// LyDROO (Bi, Huang, Wang, Zhang, TWC 2021): a small network proposes, the drift-plus-penalty objective scores each proposal exactly, the best
/// is played and, while training, remembered as the network's label. No value function is learned, because the objective is computable.
/// The paper's order-preserving quantisation of binary shares has no meaning on a table of plans, so it proposes the most likely plans and as
/// many of a noisy copy of the logits. Hidden layers, memory, batch, learning rate and training interval are the paper's; a fixed number of
/// proposals instead of its adaptive one, the noise and the number of passes are guesses. Trained once, on training windows, with dpp's tuned V;
/// afterwards the network stays as it is. Where it proposes everything it is <see cref="DppPlanner"/>.
/// </summary>
public sealed class LydrooPlanner : IPolicy
{
    /// <summary>Proposals of the network itself, and as many from its noisy copy.</summary>
    private const int Likeliest = 3;
    private const double Noise = 1;

    private const int Memory = 1024, Batch = 128, Interval = 20, Passes = 2;
    private const double LearningRate = 0.01;

    private readonly int[] _candidates;
    private readonly ObservationLayout _layout;
    private readonly Mlp _network;
    private readonly float[] _input, _logits;
    private readonly Retreat _retreat;
    private readonly ulong _seed;
    private Lesson? _lesson;
    private int _window;

    private LydrooPlanner(CostModel model, IReadOnlyList<int> candidates, DriftPenaltyOptions options, ulong seed)
    {
        _candidates = [.. candidates.Order()];
        _layout = new ObservationLayout(model, _candidates);
        _network = new Mlp(_layout.Size, [256, 128], _candidates.Length);
        (_input, _logits) = (new float[_layout.Size], new float[_candidates.Length]);
        (_retreat, _seed) = (new Retreat(model.Table), seed);
        Objective = new DriftPlusPenalty(model, options);
    }

    public string Name => "lydroo";

    public DriftPlusPenalty Objective { get; }

    public static LydrooPlanner Tuned(PlannerSetup setup)
    {
        var planner = new LydrooPlanner(setup.Model, setup.Candidates, new DriftPenaltyOptions(DppPlanner.TunedV(setup)), setup.Seed);
        Mlp[] network = [planner._network];
        double[] Learn()
        {
            planner.Learn(setup);
            setup.Constants?.Tried(setup.TuningKey("lydroo"), 1);
            return network.Weights();
        }
        network.Load(setup.Constants is { } cache ? cache.GetOrTune(setup.TuningKey("lydroo"), c => c.Length == network.Count(), Learn) : Learn());
        return planner;
    }

    public void Begin(int window)
    {
        _window = window;
        Objective.Reset();
    }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        _layout.Write(observation, _input);
        _network.Forward(_input, _logits);
        var rng = Rng.Keyed(_seed, (ulong)_window, (ulong)observation.Request, RngPurpose.Explore);
        var (best, most) = (-1, double.NegativeInfinity);
        Propose(observation, mask, ref best, ref most);
        foreach (ref var logit in _logits.AsSpan())
            logit += (float)(Noise * rng.NextGaussian());
        Propose(observation, mask, ref best, ref most);
        _lesson?.Remember(_input, best);
        var plan = _retreat.Unless(best < 0 ? -1 : _candidates[best], mask);
        Objective.Played(plan, observation);
        return plan;
    }

    /// <summary>Scores the likeliest plans that are allowed; <paramref name="best"/> is an index of the candidates.</summary>
    private void Propose(Observation o, ReadOnlySpan<bool> mask, ref int best, ref double most)
    {
        Span<int> proposals = stackalloc int[Likeliest];
        proposals.Fill(-1);
        for (var c = 0; c < _candidates.Length; c++)
        {
            if (!mask[_candidates[c]])
                continue;
            var at = Likeliest;
            while (at > 0 && (proposals[at - 1] < 0 || _logits[c] > _logits[proposals[at - 1]]))
                at--;
            if (at == Likeliest)
                continue;
            for (var i = Likeliest - 1; i > at; i--)
                proposals[i] = proposals[i - 1];
            proposals[at] = c;
        }
        foreach (var c in proposals)
            if (c >= 0 && Objective.Worth(_candidates[c], o) is var worth && worth > most)
                (best, most) = (c, worth);
    }

    private void Learn(PlannerSetup setup)
    {
        var rng = Rng.Keyed(_seed, 0, 0, RngPurpose.Weights);
        _network.Initialise(ref rng);
        _lesson = new Lesson(_network, rng);
        var world = setup.Training();
        var played = 0;
        for (var pass = 0; pass < Passes; pass++)
            foreach (var window in setup.TrainingWindows)
            {
                Rollout.Play(world, this, window);
                setup.Progress?.Report((double)++played / (Passes * setup.TrainingWindows.Count));
            }
        _lesson = null;
    }

    /// <summary>The last states with the plans that were best in them, and the network that learns from them.</summary>
    private sealed class Lesson(Mlp network, Rng rng)
    {
        private readonly PlanLearner _learner = new(network, Batch, LearningRate);
        private readonly Matrix _states = Matrix.Zeros(Memory, network.Inputs);
        private readonly int[] _labels = new int[Memory], _rows = [.. Enumerable.Range(0, Memory)];
        private Rng _rng = rng;
        private int _seen;

        public void Remember(ReadOnlySpan<float> state, int best)
        {
            if (best < 0)
                return;
            state.CopyTo(_states.Row(_seen % Memory));
            _labels[_seen++ % Memory] = best;
            if (_seen >= Batch && _seen % Interval == 0)
                _learner.Step(_states, _labels, _rows.AsSpan(0, Math.Min(_seen, Memory)), ref _rng);
        }
    }
}
