using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Agents.Replay;

/// <summary>
/// A ring of transitions, preallocated; the oldest is overwritten. A transition is added when its outcome is known, in any order. The mask
/// and the prior of s' are kept with it, because today's world may no longer give them. Observations are kept raw.
/// </summary>
public sealed class ReplayBuffer
{
    private const int Format = 1;
    private readonly int _words;
    private readonly float[] _observations;
    private readonly float[] _nextObservations;
    private readonly ulong[] _masks;
    private readonly ulong[] _nextMasks;
    private readonly float[] _priors;
    private readonly float[] _nextPriors;
    private readonly int[] _actions;
    private readonly float[] _rewards;
    private readonly float[] _discounts;
    private readonly bool[] _terminated;
    private readonly float[] _charges;

    public int Capacity { get; }
    public int Observations { get; }
    public int Actions { get; }
    public bool HasPrior { get; }

    /// <summary>What each of the charges of a transition takes off its reward, as of now: rewards drawn are those of today's multipliers.</summary>
    public float[] Multipliers { get; }

    /// <summary>Transitions ever added.</summary>
    public long Added { get; private set; }

    /// <summary>Transitions held.</summary>
    public int Count => (int)Math.Min(Added, Capacity);

    /// <param name="prior">whether rows carry prior logits; without them no memory is spent.</param>
    /// <param name="charges">numbers a row that <see cref="Multipliers"/> weigh; none without budgets.</param>
    public ReplayBuffer(int capacity, int observations, int actions, bool prior = false, int charges = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(charges);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(observations);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(actions);
        (Capacity, Observations, Actions, HasPrior) = (capacity, observations, actions, prior);
        _words = ActionMask.Words(actions);
        _observations = new float[checked(capacity * observations)];
        _nextObservations = new float[capacity * observations];
        _masks = new ulong[checked(capacity * _words)];
        _nextMasks = new ulong[capacity * _words];
        _priors = prior ? new float[checked(capacity * actions)] : [];
        _nextPriors = prior ? new float[capacity * actions] : [];
        _actions = new int[capacity];
        _rewards = new float[capacity];
        _discounts = new float[capacity];
        _terminated = new bool[capacity];
        _charges = new float[checked(capacity * charges)];
        Multipliers = new float[charges];
    }

    /// <param name="discount">gamma^k for k decisions between s and s'.</param>
    /// <param name="nextObservation">the true s', also where an episode was cut off.</param>
    /// <param name="nextMask">valid actions of s'; may be empty of choices only where <paramref name="terminated"/>.</param>
    /// <param name="terminated">the world ended and s' is worth nothing. A time limit is not an end.</param>
    public void Add(
        ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, int action, float reward, float discount,
        ReadOnlySpan<float> nextObservation, ReadOnlySpan<bool> nextMask, bool terminated,
        ReadOnlySpan<float> prior = default, ReadOnlySpan<float> nextPrior = default, ReadOnlySpan<float> charges = default)
    {
        RequireFinite(charges, Multipliers.Length, nameof(charges));
        RequireFinite(observation, Observations, nameof(observation));
        RequireFinite(nextObservation, Observations, nameof(nextObservation));
        RequireFinite(prior, HasPrior ? Actions : 0, nameof(prior));
        RequireFinite(nextPrior, HasPrior ? Actions : 0, nameof(nextPrior));
        RequireFinite(new ReadOnlySpan<float>(in reward), 1, nameof(reward));
        if (mask.Length != Actions || nextMask.Length != Actions)
            throw new ArgumentException($"a mask has {Actions} actions");
        if ((uint)action >= (uint)Actions || !mask[action])
            throw new ArgumentOutOfRangeException(nameof(action), action, "not a valid action of this state");
        if (discount is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(discount), discount, "gamma^k lies between 0 and 1");
        if (!terminated && !nextMask.Contains(true))
            throw new ArgumentException("a state that goes on has a valid action", nameof(nextMask));

        var row = (int)(Added++ % Capacity);
        observation.CopyTo(_observations.AsSpan(row * Observations));
        nextObservation.CopyTo(_nextObservations.AsSpan(row * Observations));
        ActionMask.Pack(mask, _masks.AsSpan(row * _words, _words));
        ActionMask.Pack(nextMask, _nextMasks.AsSpan(row * _words, _words));
        if (HasPrior)
        {
            prior.CopyTo(_priors.AsSpan(row * Actions));
            nextPrior.CopyTo(_nextPriors.AsSpan(row * Actions));
        }
        _actions[row] = action;
        _rewards[row] = reward;
        _discounts[row] = discount;
        _terminated[row] = terminated;
        charges.CopyTo(_charges.AsSpan(row * Multipliers.Length));
    }

    /// <summary>Fills the batch with rows drawn uniformly with replacement.</summary>
    public void Sample(ref Rng rng, ReplayBatch batch)
    {
        if (Added == 0)
            throw new InvalidOperationException("the replay is empty");
        for (var b = 0; b < batch.Actions.Rows; b++)
        {
            var row = rng.NextInt(Count);
            Copy(_observations, row, batch.Observations, batch.Plans, b);
            Copy(_nextObservations, row, batch.NextObservations, batch.NextPlans, b);
            if (batch is { Plans: { } plans, TakenPlan: { } taken })
                plans.Row(b * Actions + _actions[row]).CopyTo(taken.Row(b));
            var mask = _masks.AsSpan(row * _words, _words);
            ActionMask.Expand(mask, batch.Forbidden.PaddedRow(b));
            ActionMask.Expand(_nextMasks.AsSpan(row * _words, _words), batch.NextForbidden.PaddedRow(b));
            var choices = ActionMask.Count(mask);
            batch.EntropyShares.Row(b)[0] = choices > 1 ? (float)(1 / Math.Log(choices)) : 0;
            if (batch.Prior is { } prior && batch.NextPrior is { } nextPrior && batch.TakenPrior is { } takenPrior)
            {
                takenPrior.Row(b)[0] = _priors[row * Actions + _actions[row]];
                _priors.AsSpan(row * Actions, Actions).CopyTo(prior.Row(b));
                _nextPriors.AsSpan(row * Actions, Actions).CopyTo(nextPrior.Row(b));
            }
            batch.Actions.Row(b)[0] = _actions[row];
            var reward = _rewards[row];
            for (var c = 0; c < Multipliers.Length; c++)
                reward -= Multipliers[c] * _charges[row * Multipliers.Length + c];
            batch.Rewards.Row(b)[0] = reward;
            batch.Discounts.Row(b)[0] = _terminated[row] ? 0f : _discounts[row];
        }
    }

    private void Copy(float[] observations, int row, in Matrix states, in Matrix? plans, int b)
    {
        var observation = observations.AsSpan(row * Observations, Observations);
        observation[..states.Columns].CopyTo(states.Row(b));
        if (plans is { } features)
            for (var a = 0; a < Actions; a++)
                observation.Slice(states.Columns + a * features.Columns, features.Columns).CopyTo(features.Row(b * Actions + a));
    }

    /// <summary>Writes what is held; a buffer that loads it goes on as this one would.</summary>
    public void Save(BinaryWriter writer)
    {
        foreach (var header in (ReadOnlySpan<int>)[Format, Capacity, Observations, Actions, HasPrior ? 1 : 0])
            writer.Write(header);
        writer.Write(Added);
        writer.WriteBlock<float>(_observations.AsSpan(0, Count * Observations));
        writer.WriteBlock<float>(_nextObservations.AsSpan(0, Count * Observations));
        writer.WriteBlock<ulong>(_masks.AsSpan(0, Count * _words));
        writer.WriteBlock<ulong>(_nextMasks.AsSpan(0, Count * _words));
        writer.WriteBlock<float>(_priors.AsSpan(0, HasPrior ? Count * Actions : 0));
        writer.WriteBlock<float>(_nextPriors.AsSpan(0, HasPrior ? Count * Actions : 0));
        writer.WriteBlock<int>(_actions.AsSpan(0, Count));
        writer.WriteBlock<float>(_rewards.AsSpan(0, Count));
        writer.WriteBlock<float>(_discounts.AsSpan(0, Count));
        writer.WriteBlock<bool>(_terminated.AsSpan(0, Count));
        if (Multipliers.Length == 0)
            return;
        writer.WriteBlock<float>(_charges.AsSpan(0, Count * Multipliers.Length));
        writer.WriteBlock<float>(Multipliers);
    }

    /// <summary>Reads what <see cref="Save"/> wrote; <paramref name="file"/> is named in the error where it does not fit.</summary>
    public void Load(BinaryReader reader, string file = "checkpoint")
    {
        reader.Guard(file, "replay", () =>
        {
            reader.Expect(file, "replay.format", Format);
            reader.Expect(file, "replay.capacity", Capacity);
            reader.Expect(file, "replay.observations", Observations);
            reader.Expect(file, "replay.actions", Actions);
            reader.Expect(file, "replay.prior", HasPrior ? 1 : 0);
            Added = reader.ReadInt64();
            if (Added < 0)
                throw new InputException(file, "replay.added", $"is {Added}, at least 0 is allowed");
            reader.ReadBlock<float>(_observations.AsSpan(0, Count * Observations));
            reader.ReadBlock<float>(_nextObservations.AsSpan(0, Count * Observations));
            reader.ReadBlock<ulong>(_masks.AsSpan(0, Count * _words));
            reader.ReadBlock<ulong>(_nextMasks.AsSpan(0, Count * _words));
            reader.ReadBlock<float>(_priors.AsSpan(0, HasPrior ? Count * Actions : 0));
            reader.ReadBlock<float>(_nextPriors.AsSpan(0, HasPrior ? Count * Actions : 0));
            reader.ReadBlock<int>(_actions.AsSpan(0, Count));
            reader.ReadBlock<float>(_rewards.AsSpan(0, Count));
            reader.ReadBlock<float>(_discounts.AsSpan(0, Count));
            reader.ReadBlock<bool>(_terminated.AsSpan(0, Count));
            if (Multipliers.Length == 0)
                return;
            reader.ReadBlock<float>(_charges.AsSpan(0, Count * Multipliers.Length));
            reader.ReadBlock<float>(Multipliers);
        });
    }

    private static void RequireFinite(ReadOnlySpan<float> values, int length, string name)
    {
        if (values.Length != length)
            throw new ArgumentException($"has {values.Length} numbers, {length} are needed", name);
        foreach (var value in values)
            if (!float.IsFinite(value))
                throw new ArgumentException("is not finite; it would poison every later update", name);
    }
}
