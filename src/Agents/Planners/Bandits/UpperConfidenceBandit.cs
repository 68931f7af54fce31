namespace RlOffload.Agents.Planners;

/// <summary>
/// Chooses the arm of highest mean + c sqrt(ln(t + 1) / n) (UCB1, Auer et al. 2002, as SplitEE's code has it); arms without a reward come first.
/// An arm may be told rewards that it was not played for.
/// </summary>
public sealed class UpperConfidenceBandit
{
    private readonly double _exploration;
    private readonly double[] _sums, _counts;
    private double _rounds;

    /// <param name="exploration">c; the rewards are taken to be of order 1.</param>
    public UpperConfidenceBandit(int arms, double exploration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(arms, 1);
        (_exploration, _sums, _counts) = (exploration, new double[arms], new double[arms]);
    }

    public int Arms => _sums.Length;

    /// <summary>Length of <see cref="Save"/>: rounds, then count and sum of each arm.</summary>
    public int StateLength => 1 + 2 * Arms;

    public double Mean(int arm) => _counts[arm] > 0 ? _sums[arm] / _counts[arm] : 0;

    /// <param name="allowed">By arm.</param>
    /// <returns>-1 where none is allowed.</returns>
    public int Choose(ReadOnlySpan<bool> allowed)
    {
        var (best, highest) = (-1, double.NegativeInfinity);
        var growth = Math.Log(_rounds + 1);
        for (var arm = 0; arm < Arms; arm++)
        {
            if (!allowed[arm])
                continue;
            var bound = _counts[arm] > 0 ? _sums[arm] / _counts[arm] + _exploration * Math.Sqrt(growth / _counts[arm]) : double.MaxValue;
            if (bound > highest)
                (best, highest) = (arm, bound);
        }
        return best;
    }

    /// <summary>The reward of a round for the arm that was played.</summary>
    public void Played(int arm, double reward)
    {
        _rounds++;
        Seen(arm, reward);
    }

    /// <summary>What an arm would have earned in the same round.</summary>
    public void Seen(int arm, double reward)
    {
        _sums[arm] += reward;
        _counts[arm]++;
    }

    public double[] Save() => [_rounds, .. _counts, .. _sums];

    /// <param name="state">Of <see cref="StateLength"/> numbers.</param>
    public void Load(ReadOnlySpan<double> state)
    {
        _rounds = state[0];
        state.Slice(1, Arms).CopyTo(_counts);
        state.Slice(1 + Arms, Arms).CopyTo(_sums);
    }
}
