using RlOffload.Agents.Pricing;
using RlOffload.Environment;

namespace RlOffload.Agents.Hindsight;

/// <summary>
/// The plans of a state that are worth labelling: the one that is played first, then what is required, what the network values most, and one drawn from
/// the rest, so that nothing is judged by prejudice for ever. Allocates nothing after construction.
/// </summary>
public sealed class CandidateChoice
{
    private readonly AgentView _view;
    private readonly float[] _values;
    private readonly bool[] _taken;
    private readonly int[] _chosen, _inTable;
    private int _count;

    /// <param name="most">Plans of a state; all where there are no more.</param>
    public CandidateChoice(AgentView view, int most)
    {
        (_view, Most) = (view, Math.Min(most, view.Actions));
        (_values, _taken) = (new float[view.Actions], new bool[view.Actions]);
        (_chosen, _inTable) = (new int[Most], new int[Most]);
    }

    public int Most { get; }

    /// <summary>The last choice, by index in the environment's table.</summary>
    public ReadOnlySpan<int> InTable => _inTable.AsSpan(0, _count);

    /// <param name="required">-1 where nothing is.</param>
    /// <returns>Actions that the mask allows; valid until the next call.</returns>
    public ReadOnlySpan<int> Choose(PlanPricing pricing, in Moment moment, int played, int required, ref Rng rng)
    {
        pricing.Values(moment.Observation, moment.Mask, _values);
        _count = 0;
        for (var a = 0; a < _taken.Length; a++)
            _taken[a] = !moment.Mask[a];
        Take(played);
        if (required >= 0 && !_taken[required])
            Take(required);
        while (_count < Most - 1 && Highest() is >= 0 and var next)
            Take(next);
        if (_count < Most && Drawn(ref rng) is >= 0 and var other)
            Take(other);
        return _chosen.AsSpan(0, _count);
    }

    private void Take(int action)
    {
        _taken[action] = true;
        _inTable[_count] = _view.Plans[action];
        _chosen[_count++] = action;
    }

    private int Highest()
    {
        var best = -1;
        for (var a = 0; a < _values.Length; a++)
            if (!_taken[a] && (best < 0 || _values[a] > _values[best]))
                best = a;
        return best;
    }

    private int Drawn(ref Rng rng)
    {
        var left = 0;
        foreach (var taken in _taken)
            left += taken ? 0 : 1;
        if (left == 0)
            return -1;
        var skip = rng.NextInt(left);
        for (var a = 0; ; a++)
            if (!_taken[a] && skip-- == 0)
                return a;
    }
}
