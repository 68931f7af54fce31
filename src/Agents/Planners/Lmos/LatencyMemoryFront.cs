namespace RlOffload.Agents.Planners;

/// <summary>
/// The non-dominated splits in (latency, edge memory), fastest first, and their knee. Allocates nothing after construction.
/// </summary>
public sealed class LatencyMemoryFront(int splits)
{
    private readonly int[] _order = new int[splits];
    private readonly double[] _key = new double[splits];
    private int _members;

    /// <summary>The members by rising latency, which is by rising memory; of splits that are equal in both the first.</summary>
    public ReadOnlySpan<int> Members => _order.AsSpan(0, _members);

    /// <param name="latency">s by split; length as constructed, as is that of <paramref name="memory"/>.</param>
    /// <param name="cap">Only splits with memory strictly below it are feasible; a latency that is no number is not.</param>
    public void Find(ReadOnlySpan<double> latency, ReadOnlySpan<double> memory, double cap)
    {
        var feasible = 0;
        for (var i = 0; i < splits; i++)
            if (memory[i] < cap && !double.IsNaN(latency[i]))
                (_key[feasible], _order[feasible++]) = (latency[i], i);
        _key.AsSpan(0, feasible).Sort(_order.AsSpan(0, feasible));
        _members = 0;
        for (var from = 0; from < feasible;)
        {
            // Of equally fast splits the one with most memory, of these the first.
            var (best, to) = (_order[from], from + 1);
            for (; to < feasible && _key[to] == _key[from]; to++)
                if (memory[_order[to]] > memory[best] || (memory[_order[to]] == memory[best] && _order[to] < best))
                    best = _order[to];
            if (_members == 0 || memory[best] > memory[_order[_members - 1]])
                _order[_members++] = best;
            from = to;
        }
    }

    /// <summary>
    /// The member nearest to the ideal point, as fast as the fastest with the memory of the largest, both objectives scaled to 0..1 over the front (compromise
    /// programming, Zeleny 1973). Of members that are as near the fastest; -1 where the front is empty.
    /// </summary>
    public int Knee(ReadOnlySpan<double> latency, ReadOnlySpan<double> memory)
    {
        if (_members == 0)
            return -1;
        int fastest = _order[0], largest = _order[_members - 1];
        double time = latency[largest] - latency[fastest], room = memory[largest] - memory[fastest];
        var (knee, nearest) = (fastest, 1.0);
        foreach (var member in Members)
        {
            double late = (latency[member] - latency[fastest]) / time, small = (memory[largest] - memory[member]) / room;
            if (late * late + small * small is var distance && distance < nearest)
                (knee, nearest) = (member, distance);
        }
        return knee;
    }
}
