using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;

namespace RlOffload.Environment;

/// <summary>
/// Several environments stepped together. Autoreset happens in the same step: when a copy's window ends, its next window begins at once and
/// the observation of the new window is what is seen; the end is marked in <see cref="Results"/>, its observation is in <see cref="Final"/>
/// and its last outcomes stay in the copy's Delivered. Copy i plays windows i, i + n, i + 2n, ...
/// </summary>
public sealed class VectorEnvironment
{
    private readonly OffloadEnvironment[] _copies;
    private readonly StepResult[] _results;
    private readonly float[] _final;
    private readonly int _threads;

    public VectorEnvironment(CostModel model, ILinks links, ulong seed, int copies, int threads = 1)
    {
        _copies = Enumerable.Range(0, copies).Select(_ => new OffloadEnvironment(model, links, seed)).ToArray();
        _results = new StepResult[copies];
        _threads = Math.Max(1, threads);
        Layout = new ObservationLayout(model);
        Observations = new float[copies * Layout.Size];
        _final = new float[copies * Layout.Size];
    }

    public int Count => _copies.Length;
    public ObservationLayout Layout { get; }
    public OffloadEnvironment this[int copy] => _copies[copy];

    /// <summary>Row-major [copies, layout size].</summary>
    public float[] Observations { get; }

    public ReadOnlySpan<StepResult> Results => _results;

    /// <summary>The last observation of the window that the copy ended last, to bootstrap on.</summary>
    public ReadOnlySpan<float> Final(int copy) => Row(_final, copy);

    public void Reset()
    {
        for (var i = 0; i < Count; i++)
            Begin(i, i);
    }

    /// <param name="plans">One plan a copy.</param>
    public void Step(ReadOnlyMemory<int> plans)
    {
        if (plans.Length != Count)
            throw new ArgumentException($"has {plans.Length} plans, allowed is one a copy ({Count})", nameof(plans));
        if (_threads == 1)
            for (var i = 0; i < Count; i++)
                Step(i, plans.Span[i]);
        else
            Parallel.For(0, Count, new ParallelOptions { MaxDegreeOfParallelism = _threads }, i => Step(i, plans.Span[i]));
    }

    private void Step(int i, int plan)
    {
        _results[i] = _copies[i].Step(plan);
        if (_copies[i].Truncated)
        {
            Layout.Write(_copies[i].Observation, Row(_final, i));
            Begin(i, _copies[i].Window + Count);
        }
        else
            Look(i);
    }

    private void Begin(int i, int window)
    {
        _copies[i].Reset(window);
        Look(i);
    }

    private void Look(int i) => Layout.Write(_copies[i].Observation, Row(Observations, i));

    private Span<float> Row(float[] rows, int i) => rows.AsSpan(i * Layout.Size, Layout.Size);
}
