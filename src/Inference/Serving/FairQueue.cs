namespace RlOffload.Inference.Serving;

/// <summary>What became of a job that asked for a place.</summary>
internal enum Admission : byte { Taken, Full, FullOfOne, Closed }

/// <summary>
/// Jobs that wait for a worker: bounded in all and for each client, first come first served within a client, and clients take turns (round robin as in
/// Nagle, RFC 970), so that one that sends a lot waits behind itself only.
/// </summary>
internal sealed class FairQueue(int most, int mostOfOne)
{
    private readonly object _gate = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly Queue<Lane> _turns = new();
    private readonly Stack<Lane> _spare = new();
    private int _count;
    private bool _closed;

    public int Count => Volatile.Read(ref _count);

    public Admission TryAdd(Job job)
    {
        lock (_gate)
        {
            if (_closed)
                return Admission.Closed;
            if (_count >= most)
                return Admission.Full;
            if (!_lanes.TryGetValue(job.Client, out var lane))
            {
                if (!_spare.TryPop(out lane))
                    lane = new Lane();
                lane.Client = job.Client;
                _lanes.Add(job.Client, lane);
                _turns.Enqueue(lane);
            }
            else if (lane.Jobs.Count >= mostOfOne)
            {
                return Admission.FullOfOne;
            }
            lane.Jobs.Enqueue(job);
            _count++;
            // All of them: one that waits to fill its batch may not be able to use this job.
            Monitor.PulseAll(_gate);
            return Admission.Taken;
        }
    }

    /// <summary>Waits for the job whose turn it is, and takes others of the same tail that could come along, clients still taking turns.</summary>
    /// <param name="into">Receives them; its length is the most that are taken.</param>
    /// <param name="together">How many jobs like this one may be computed together.</param>
    /// <param name="delay">How long to wait for more of them.</param>
    /// <returns>How many; 0 once the queue is closed and empty.</returns>
    public int Take(Job[] into, Func<Job, int> together, TimeSpan delay)
    {
        lock (_gate)
        {
            while (_count == 0)
            {
                if (_closed)
                    return 0;
                Monitor.Wait(_gate);
            }
            into[0] = TakeFrom(_turns.Dequeue());
            var most = Math.Min(into.Length, together(into[0]));
            var taken = Gather(into, 1, most);
            if (delay > TimeSpan.Zero && taken < most)
            {
                var begun = TimeProvider.System.GetTimestamp();
                for (var left = delay; taken < most && left > TimeSpan.Zero && !_closed; left = delay - TimeProvider.System.GetElapsedTime(begun))
                {
                    Monitor.Wait(_gate, TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)));
                    taken = Gather(into, taken, most);
                }
            }
            return taken;
        }
    }

    /// <summary>Nothing is taken in any more; what waits is still given out.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private int Gather(Job[] into, int taken, int most)
    {
        for (var found = true; found && taken < most;)
        {
            found = false;
            for (var turn = _turns.Count; turn > 0 && taken < most; turn--)
            {
                var lane = _turns.Dequeue();
                if (SameTail(lane.Jobs.Peek(), into[0]))
                {
                    into[taken++] = TakeFrom(lane);
                    found = true;
                }
                else
                {
                    _turns.Enqueue(lane);
                }
            }
        }
        return taken;
    }

    private static bool SameTail(Job a, Job b) => a.Header.Exit == b.Header.Exit && a.Header.Cut == b.Header.Cut && a.Model == b.Model;

    /// <summary>Of a lane that is not among the turns; it goes to the end of them unless it is empty.</summary>
    private Job TakeFrom(Lane lane)
    {
        var job = lane.Jobs.Dequeue();
        _count--;
        if (lane.Jobs.Count > 0)
        {
            _turns.Enqueue(lane);
        }
        else
        {
            _lanes.Remove(lane.Client);
            _spare.Push(lane);
        }
        return job;
    }

    private sealed class Lane
    {
        public string Client = "";
        public readonly Queue<Job> Jobs = new();
    }
}
