namespace RlOffload.Agents.Planners;

/// <summary>
/// Largest flow and smallest cut of a fixed network whose capacities change (Dinic 1970). Capacities are whole numbers, so the result is exact. Allocates nothing
/// after construction.
/// </summary>
internal sealed class MaxFlow
{
    /// <summary>As good as unlimited; sums of all finite capacities must stay below a quarter of it.</summary>
    public const long Unlimited = long.MaxValue / 2;

    private readonly int _source, _sink;
    private readonly int[] _first, _arcs, _to, _level, _cursor, _queue;
    private readonly long[] _left;

    /// <param name="edges">Edge e becomes two arcs, 2e forwards and 2e + 1 backwards.</param>
    public MaxFlow(int vertices, int source, int sink, IReadOnlyList<(int From, int To)> edges)
    {
        (_source, _sink) = (source, sink);
        (_to, _left) = (new int[2 * edges.Count], new long[2 * edges.Count]);
        (_level, _cursor, _queue) = (new int[vertices], new int[vertices], new int[vertices]);
        for (var e = 0; e < edges.Count; e++)
            (_to[2 * e], _to[2 * e + 1]) = (edges[e].To, edges[e].From);
        var leaving = Enumerable.Range(0, _to.Length).ToLookup(a => _to[a ^ 1]);
        _arcs = [.. Enumerable.Range(0, vertices).SelectMany(v => leaving[v])];
        _first = new int[vertices + 1];
        for (var v = 0; v < vertices; v++)
            _first[v + 1] = _first[v] + leaving[v].Count();
    }

    /// <summary>Gives an edge new capacities and takes its flow away; every edge needs it before the next <see cref="Run"/>.</summary>
    public void Set(int edge, long forwards, long backwards = 0) => (_left[2 * edge], _left[2 * edge + 1]) = (forwards, backwards);

    /// <returns>The value of the largest flow, which is that of the smallest cut.</returns>
    public long Run()
    {
        var flow = 0L;
        while (Levels())
        {
            _first.AsSpan(0, _cursor.Length).CopyTo(_cursor);
            flow += Push(_source, Unlimited);
        }
        return flow;
    }

    /// <summary>After <see cref="Run"/>: on the source's side of the smallest cut, of several the one whose source side lies within all others'.</summary>
    public bool OnSourceSide(int vertex) => _level[vertex] >= 0;

    private bool Levels()
    {
        Array.Fill(_level, -1);
        _level[_source] = 0;
        _queue[0] = _source;
        for (int head = 0, tail = 1; head < tail; head++)
        {
            var from = _queue[head];
            for (var i = _first[from]; i < _first[from + 1]; i++)
            {
                var arc = _arcs[i];
                var to = _to[arc];
                if (_left[arc] <= 0 || _level[to] >= 0)
                    continue;
                _level[to] = _level[from] + 1;
                _queue[tail++] = to;
            }
        }
        return _level[_sink] >= 0;
    }

    private long Push(int from, long most)
    {
        if (from == _sink)
            return most;
        var pushed = 0L;
        for (; _cursor[from] < _first[from + 1]; _cursor[from]++)
        {
            var arc = _arcs[_cursor[from]];
            var to = _to[arc];
            if (_left[arc] <= 0 || _level[to] != _level[from] + 1)
                continue;
            var through = Push(to, Math.Min(most - pushed, _left[arc]));
            _left[arc] -= through;
            _left[arc ^ 1] += through;
            pushed += through;
            // The arc may carry more when the next flow comes, so the cursor stays.
            if (pushed == most)
                return pushed;
        }
        return pushed;
    }
}
