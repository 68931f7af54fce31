namespace RlOffload.Agents.Planners;

/// <summary>
/// The epsilon-constraint method as LMOS runs it (Jain et al., COMSNETS 2022, and the authors' code): min (f1, -f2) with f1 latency and f2 memory
/// used at the edge, under f2 below a cap. Each latency among the feasible splits serves as epsilon once; of the splits that are strictly faster, the one that
/// uses most memory joins the front; the front's member with most memory wins. So latency only vetoes the slowest feasible split.
/// </summary>
public sealed class EpsilonConstraint(int splits)
{
    private readonly double[] _epsilons = new double[splits];
    private readonly int[] _front = new int[splits];
    private int _members;

    /// <summary>The front of the last choice, tightest epsilon first, each split once.</summary>
    public ReadOnlySpan<int> Front => _front.AsSpan(0, _members);

    /// <summary>
    /// The chosen split, or -1 where no memory is below the cap. Where all feasible splits are equally fast, so that none is strictly faster than another,
    /// the one with most memory. Of splits with equal memory the faster one, then the first.
    /// </summary>
    /// <param name="latency">f1 of each split; length as constructed, as is that of <paramref name="memory"/>.</param>
    /// <param name="cap">Only splits with memory strictly below it are feasible; an infinite memory never is.</param>
    public int Choose(ReadOnlySpan<double> latency, ReadOnlySpan<double> memory, double cap)
    {
        _members = 0;
        var feasible = 0;
        for (var i = 0; i < splits; i++)
            if (memory[i] < cap)
                _epsilons[feasible++] = latency[i];
        if (feasible == 0)
            return -1;
        _epsilons.AsSpan(0, feasible).Sort();
        var chosen = -1;
        for (var e = 0; e < feasible; e++)
        {
            var member = MostMemory(latency, memory, cap, _epsilons[e]);
            if (member < 0 || (_members > 0 && _front[_members - 1] == member))
                continue;
            _front[_members++] = member;
            if (chosen < 0 || memory[member] > memory[chosen])
                chosen = member;
        }
        return chosen >= 0 ? chosen : _front[_members++] = MostMemory(latency, memory, cap, null);
    }

    private int MostMemory(ReadOnlySpan<double> latency, ReadOnlySpan<double> memory, double cap, double? epsilon)
    {
        var most = -1;
        for (var i = 0; i < splits; i++)
            if (memory[i] < cap && (epsilon is not { } limit || latency[i] < limit)
                && (most < 0 || memory[i] > memory[most] || (memory[i] == memory[most] && latency[i] < latency[most])))
                most = i;
        return most;
    }
}
