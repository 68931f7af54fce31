using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Agents.Hindsight;

/// <summary>
/// The last states that were labelled: the device's own state and, of some plans, their features and what they led to. The oldest gives way to
/// the newest. Allocates nothing after construction.
/// </summary>
/// <param name="state">Numbers of a state.</param>
/// <param name="candidates">Most plans of a state.</param>
/// <param name="charges">Numbers a plan that say what it spends: <see cref="BudgetKeeper.Charges"/> under budgets, else none.</param>
public sealed class LabelledStates(int capacity, int state, int candidates, int charges = 0)
{
    private readonly float[] _states = new float[capacity * state];
    private readonly float[] _features = new float[capacity * candidates * PlanFeatures.Count];
    private readonly float[] _labels = new float[capacity * candidates];
    private readonly float[] _charges = new float[capacity * candidates * charges];
    private readonly int[] _plans = new int[capacity];

    public int Count => (int)Math.Min(Added, capacity);

    /// <summary>States ever added.</summary>
    public long Added { get; private set; }

    /// <summary>Makes room for a state and returns its row, to be filled.</summary>
    /// <param name="plans">Plans that it will have, the first of which was played.</param>
    public int Add(ReadOnlySpan<float> observed, int plans)
    {
        var row = (int)(Added++ % capacity);
        observed.CopyTo(_states.AsSpan(row * state, state));
        _plans[row] = plans;
        return row;
    }

    public ReadOnlySpan<float> State(int row) => _states.AsSpan(row * state, state);

    /// <summary>Plans of the state.</summary>
    public int Plans(int row) => _plans[row];

    /// <summary>Of the state's <paramref name="i"/>-th plan, length <see cref="PlanFeatures.Count"/>.</summary>
    public Span<float> Features(int row, int i) => _features.AsSpan((row * candidates + i) * PlanFeatures.Count, PlanFeatures.Count);

    /// <summary>What each of the state's plans led to.</summary>
    public Span<float> Labels(int row) => _labels.AsSpan(row * candidates, _plans[row]);

    /// <summary>What each of the state's plans spends, one plan after the other, kept apart from its label because the multipliers move.</summary>
    public Span<float> Charges(int row) => _charges.AsSpan(row * candidates * charges, _plans[row] * charges);

    public void Save(BinaryWriter writer)
    {
        foreach (var header in (ReadOnlySpan<int>)[capacity, state, candidates, charges])
            writer.Write(header);
        writer.Write(Added);
        writer.WriteBlock<float>(_states.AsSpan(0, Count * state));
        writer.WriteBlock<float>(_features.AsSpan(0, Count * candidates * PlanFeatures.Count));
        writer.WriteBlock<float>(_labels.AsSpan(0, Count * candidates));
        writer.WriteBlock<float>(_charges.AsSpan(0, Count * candidates * charges));
        writer.WriteBlock<int>(_plans.AsSpan(0, Count));
    }

    /// <exception cref="InputException">What is read is of another shape; names <paramref name="file"/>.</exception>
    public void Load(BinaryReader reader, string file) => reader.Guard(file, "labels", () =>
    {
        reader.Expect(file, "labels.capacity", capacity);
        reader.Expect(file, "labels.state", state);
        reader.Expect(file, "labels.candidates", candidates);
        reader.Expect(file, "labels.charges", charges);
        Added = reader.ReadInt64();
        if (Added < 0)
            throw new InputException(file, "labels.added", $"is {Added}, at least 0 is allowed");
        reader.ReadBlock<float>(_states.AsSpan(0, Count * state));
        reader.ReadBlock<float>(_features.AsSpan(0, Count * candidates * PlanFeatures.Count));
        reader.ReadBlock<float>(_labels.AsSpan(0, Count * candidates));
        reader.ReadBlock<float>(_charges.AsSpan(0, Count * candidates * charges));
        reader.ReadBlock<int>(_plans.AsSpan(0, Count));
        for (var row = 0; row < Count; row++)
            if (_plans[row] < 1 || _plans[row] > candidates)
                throw new InputException(file, "labels.plans", $"is {_plans[row]}, allowed is 1 to {candidates}");
    });
}
