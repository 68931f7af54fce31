using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RlOffload.Environment.Simulation;

/// <summary>Which of the jobs is next. When something happens to each, and its stage, lie side by side, so that all jobs are looked at together.</summary>
public sealed partial class Stations
{
    private const int Four = 4; // jobs that are looked at together
    private const int Room = 32; // for jobs at first, in whole eights
    private const ulong NoStages = ulong.MaxValue;

    private double[] _next = Eight.Of(Room, double.PositiveInfinity); // Job.Next of each; infinity where there is no job
    private ulong[] _stages = Eight.Of(Room / Eight.Count, NoStages); // Job.Stage of each, a byte a job; no stage where there is no job

    /// <summary>Twice the room, and with all that was in it.</summary>
    private void Grow()
    {
        var (next, stages) = (_next, _stages);
        Array.Resize(ref _jobs, 2 * next.Length);
        Empty(2 * next.Length);
        next.CopyTo(_next, 0);
        stages.CopyTo(_stages, 0);
    }

    private void Empty(int room) => (_next, _stages) = (Eight.Of(room, double.PositiveInfinity), Eight.Of(room / Eight.Count, NoStages));

    /// <summary>The same jobs in the same order as another's.</summary>
    private void Order(Stations like)
    {
        var count = like._now.Count;
        var places = Math.Max(count, _now.Count);
        if (_jobs.Length < count || places > like._jobs.Length)
        {
            _jobs = new Job[Math.Max(_jobs.Length, like._jobs.Length)];
            Empty(_jobs.Length);
            places = count;
        }
        like._jobs.AsSpan(0, count).CopyTo(_jobs);
        like._next.AsSpan(0, places).CopyTo(_next);
        for (var j = 0; j < places; j += Eight.Count)
            _stages[j >> 3] = like._stages[j >> 3];
    }

    /// <summary>The job to which something happens first, and when; -1 if there is none. Which job that is no processor can guess, so there are no branches on it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (int Job, double Time) Earliest()
    {
        ref var next = ref MemoryMarshal.GetArrayDataReference(_next);
        var time = Least(ref next);
        if (_now.Count > Four)
            return EarliestOfMany(ref next, time);
        var then = Equal(ref next, time);
        // Several at once are rare.
        return ((then & (then - 1)) == 0 ? BitOperations.TrailingZeroCount(then) : Earliest(time), time);
    }

    private (int Job, double Time) EarliestOfMany(ref double next, double time)
    {
        for (var j = Four; j < _now.Count; j += Four)
            time = double.MinNative(time, Least(ref Unsafe.Add(ref next, j)));
        var then = 0u;
        for (var j = 0; j < Math.Min(_now.Count, 32); j += Four)
            then |= Equal(ref Unsafe.Add(ref next, j), time) << j;
        return ((then & (then - 1)) == 0 && _now.Count <= 32 ? BitOperations.TrailingZeroCount(then) : Earliest(time), time);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Least(ref double four) => double.MinNative(
        double.MinNative(four, Unsafe.Add(ref four, 1)), double.MinNative(Unsafe.Add(ref four, 2), Unsafe.Add(ref four, 3)));

    /// <returns>Bit i is set where number i equals.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Equal(ref double four, double number)
    {
        var bits = BitConverter.DoubleToInt64Bits(number);
        ref var first = ref Unsafe.As<double, long>(ref four);
        return One(first == bits) | One(Unsafe.Add(ref first, 1) == bits) << 1 | One(Unsafe.Add(ref first, 2) == bits) << 2 | One(Unsafe.Add(ref first, 3) == bits) << 3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint One(bool yes) => yes ? 1u : 0u;

    /// <summary>Of the jobs to which something happens at this time, the one that goes before the others; -1 if it is never.</summary>
    private int Earliest(double time)
    {
        var first = -1;
        for (var j = 0; j < _now.Count; j++)
            if (_next[j] == time && Before(j, first))
                first = j;
        return first;
    }

    private bool Before(int a, int b) => b < 0 || _jobs[a].Request < _jobs[b].Request
        || (_jobs[a].Request == _jobs[b].Request && !_jobs[a].IsProbe && _jobs[b].IsProbe);

    /// <summary>Of the jobs at this stage the one that has been ready for longest; -1 if there is none.</summary>
    private int First(Stage stage)
    {
        var first = -1;
        for (var j = 0; j < _now.Count; j += Eight.Count)
            for (var at = Eight.Equal(_stages[j >> 3], (byte)stage); at != 0; at &= at - 1)
            {
                var other = j + (BitOperations.TrailingZeroCount(at) >> 3);
                if (first < 0 || IsEarlier(other, first))
                    first = other;
            }
        return first;
    }

    /// <summary>Of the jobs at a stage the one whose turn is after another's; -1 if there is none.</summary>
    private int After(Stage stage, int previous)
    {
        var next = -1;
        for (var j = 0; j < _now.Count; j++)
            if (_jobs[j].Stage == stage && IsEarlier(previous, j) && (next < 0 || IsEarlier(j, next)))
                next = j;
        return next;
    }

    /// <summary>Stations take what became ready first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsEarlier(int a, int b) => _jobs[a].Ready < _jobs[b].Ready || (_jobs[a].Ready == _jobs[b].Ready && Before(a, b));

    /// <summary>A job that has just arrived.</summary>
    private ref Job Add(int request, Stage stage, double deadline)
    {
        if (_now.Count == _jobs.Length)
            Grow();
        var j = _now.Count++;
        ref var job = ref _jobs[j];
        job = default;
        (job.Request, job.Stage, job.BranchExit, job.Passed) = (request, stage, -1, -1);
        (job.Arrival, job.Ready, job.Deadline, job.CancelAt, job.Limit) = (Now, Now, Now + deadline, Now + deadline, Now + deadline);
        _now.At[(int)stage]++;
        Stands(j, (byte)stage);
        Ends(j, double.PositiveInfinity);
        return ref job;
    }

    /// <summary>The job goes on to a stage.</summary>
    /// <param name="end">When that ends by itself; infinite where only <see cref="Ends"/> will say so.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Enter(int j, Stage stage, double end = double.PositiveInfinity)
    {
        ref var job = ref _jobs[j];
        _now.At[(int)job.Stage]--;
        _now.At[(int)stage]++;
        job.Stage = stage;
        job.Limit = stage is >= Stage.WaitUplink and <= Stage.ToDevice ? job.CancelAt : job.Deadline;
        Stands(j, (byte)stage);
        Ends(j, end);
    }

    /// <summary>When the job's stage ends by itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Ends(int j, double time)
    {
        ref var job = ref _jobs[j];
        job.End = time;
        Next(j, job.Next);
    }

    private void Next(int j, double time) => _next[j] = time;

    private void Stands(int j, byte stage) => Eight.Put(ref _stages[j >> 3], j & (Eight.Count - 1), stage);

    private void Remove(int j)
    {
        _now.At[(int)_jobs[j].Stage]--;
        var last = --_now.Count;
        Next(j, _next[last]);
        Next(last, double.PositiveInfinity);
        Stands(j, (byte)_jobs[last].Stage);
        Stands(last, byte.MaxValue);
        if (j == last)
            return;
        _jobs[j] = _jobs[last];
        if (_now.OnDevice == last) _now.OnDevice = j;
        if (_now.OnUplink == last) _now.OnUplink = j;
        if (_now.OnServer == last) _now.OnServer = j;
        if (_now.Foreseen == last) _now.Foreseen = j;
    }
}
