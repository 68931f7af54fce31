using RlOffload.Agents.Learning;
using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// LyDROO (Bi, Huang, Wang, Zhang, TWC 2021): a small network proposes, the drift-plus-penalty objective scores each proposal exactly, the best
/// is played and, while training, remembered as the network's label. No value function is learned, because the objective is computable.
/// The paper's order-preserving quantisation of binary shares has no meaning on a table of plans, so it proposes the K most likely plans and the K
/// most likely ones of a noisy copy of the logits. K is adapted as in the paper: all plans at first, later one more than the highest rank that was best
/// lately. Hidden layers, memory, batch and training interval are the paper's; its learning rate is ten times ours, at which 43 plans were not learned. The
/// noise and the number of passes are guesses. Trained once, on training windows, with dpp's tuned V; afterwards the network stays as it is and K is the
/// mean of the last pass.
/// </summary>
public sealed class LydrooPlanner : IPolicy, IPlannerNote
{
    /// <summary>Standard deviation of the copy's logits.</summary>
    private const double Noise = 1;

    private const int Memory = 1024, Batch = 128, Interval = 20, Adaption = 32, Passes = 5;
    private const double LearningRate = 0.001;

    private readonly int[] _candidates;
    private readonly ObservationLayout _layout;
    private readonly Mlp _network;
    private readonly float[] _input, _logits, _keys;
    private readonly int[] _order;
    private readonly Retreat _retreat;
    private readonly ulong _seed;
    private Lesson? _lesson;
    private int _window;

    private LydrooPlanner(CostModel model, IReadOnlyList<int> candidates, DriftPenaltyOptions options, ulong seed)
    {
        _candidates = [.. candidates.Order()];
        _layout = new ObservationLayout(model, _candidates);
        _network = new Mlp(_layout.Size, [256, 128], _candidates.Length);
        (_input, _logits, _keys) = (new float[_layout.Size], new float[_candidates.Length], new float[_candidates.Length]);
        _order = new int[_candidates.Length];
        Proposals = _candidates.Length;
        (_retreat, _seed) = (new Retreat(model.Table), seed);
        Objective = new DriftPlusPenalty(model, options);
    }

    public string Name => "lydroo";

    public DriftPlusPenalty Objective { get; }

    /// <summary>K: how many plans the network proposes, and its noisy copy as many.</summary>
    public int Proposals { get; private set; }

    public string Note => $"its network and a noisy copy propose {Proposals} of {_candidates.Length} plans each";

    public static LydrooPlanner Tuned(PlannerSetup setup)
    {
        var planner = new LydrooPlanner(setup.Model, setup.Candidates, new DriftPenaltyOptions(DppPlanner.TunedV(setup)), setup.Seed);
        Mlp[] network = [planner._network];
        double[] Learn()
        {
            planner.Learn(setup);
            setup.Constants?.Tried(setup.TuningKey("lydroo"), 1);
            return [planner.Proposals, .. network.Weights()];
        }
        var constants = setup.Constants is { } cache
            ? cache.GetOrTune(setup.TuningKey("lydroo"), c => c.Length == 1 + network.Count() && c[0] >= 1 && c[0] <= planner._candidates.Length, Learn) : Learn();
        planner.Proposals = (int)constants[0];
        network.Load(constants.AsSpan(1));
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
        var (best, rank, most) = (-1, 0, double.NegativeInfinity);
        Propose(observation, mask, ref best, ref rank, ref most);
        foreach (ref var logit in _logits.AsSpan())
            logit += (float)(Noise * rng.NextGaussian());
        Propose(observation, mask, ref best, ref rank, ref most);
        if (best >= 0 && _lesson is { } lesson)
        {
            lesson.Remember(_input, best);
            Proposals = Math.Min(lesson.Adapt(rank), _candidates.Length);
        }
        var plan = _retreat.Unless(best < 0 ? -1 : _candidates[best], mask);
        Objective.Played(plan, observation);
        return plan;
    }

    /// <summary>Scores the likeliest plans that are allowed; <paramref name="best"/> is an index of the candidates, <paramref name="rank"/> how many are likelier.</summary>
    private void Propose(Observation o, ReadOnlySpan<bool> mask, ref int best, ref int rank, ref double most)
    {
        for (var c = 0; c < _candidates.Length; c++)
            (_order[c], _keys[c]) = (c, mask[_candidates[c]] ? -_logits[c] : float.PositiveInfinity);
        _keys.AsSpan().Sort(_order.AsSpan());
        for (var k = 0; k < Proposals && _keys[k] < float.PositiveInfinity; k++)
            if (Objective.Worth(_candidates[_order[k]], o) is var worth && worth > most)
                (best, rank, most) = (_order[k], k, worth);
    }

    private void Learn(PlannerSetup setup)
    {
        var rng = Rng.Keyed(_seed, 0, 0, RngPurpose.Weights);
        _network.Initialise(ref rng);
        _lesson = new Lesson(_network, rng);
        Proposals = _candidates.Length;
        var world = setup.Training();
        var (played, proposed) = (0, 0.0);
        for (var pass = 0; pass < Passes; pass++)
            foreach (var window in setup.TrainingWindows)
            {
                Rollout.Play(world, this, window);
                proposed += pass == Passes - 1 ? _lesson.MeanProposals() : 0;
                setup.Progress?.Report((double)++played / (Passes * setup.TrainingWindows.Count));
            }
        _lesson = null;
        Proposals = Math.Clamp((int)Math.Ceiling(proposed / setup.TrainingWindows.Count), 1, _candidates.Length);
    }

    /// <summary>The last states with the plans that were best in them, and the network that learns from them.</summary>
    private sealed class Lesson(Mlp network, Rng rng)
    {
        private readonly PlanLearner _learner = new(network, Batch, LearningRate);
        private readonly Matrix _states = Matrix.Zeros(Memory, network.Inputs);
        private readonly int[] _labels = new int[Memory], _rows = [.. Enumerable.Range(0, Memory)];
        private Rng _rng = rng;
        private readonly int[] _ranks = new int[Adaption];
        private int _seen, _adapted, _proposals = int.MaxValue;
        private long _sum, _counted;

        /// <summary>K for the next decision, given the rank of what was best in this one.</summary>
        public int Adapt(int rank)
        {
            _ranks[_adapted++ % Adaption] = rank;
            if (_adapted % Adaption == 0)
                _proposals = _ranks.Max() + 2; // ranks count from 0
            if (_proposals < int.MaxValue)
                (_sum, _counted) = (_sum + _proposals, _counted + 1);
            return _proposals;
        }

        /// <summary>Since it was last asked.</summary>
        public double MeanProposals()
        {
            var mean = _counted == 0 ? 0 : (double)_sum / _counted;
            (_sum, _counted) = (0, 0);
            return mean;
        }

        public void Remember(ReadOnlySpan<float> state, int best)
        {
            state.CopyTo(_states.Row(_seen % Memory));
            _labels[_seen++ % Memory] = best;
            if (_seen >= Batch && _seen % Interval == 0)
                _learner.Step(_states, _labels, _rows.AsSpan(0, Math.Min(_seen, Memory)), ref _rng);
        }
    }
}
