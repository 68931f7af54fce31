namespace RlOffload.Environment.Simulation;

/// <summary>What a step has in common for all plans of its request that begin on the device.</summary>
public sealed partial class Stations
{
    /// <summary>
    /// Accepts the request under any plan that begins on the device, and lets happen until <paramref name="until"/> what is the same for all of these:
    /// everything up to the moment when the device would turn to the request, or its deadline passes. <see cref="Decide"/> goes on from a copy.
    /// </summary>
    internal void AcceptUndecided(int request, int plan, double until)
    {
        Place(request, plan);
        _undecided = request;
        if (Dispatch())
            Advance(until);
        _undecided = -1;
    }

    /// <summary>Puts the request that was accepted undecided under its plan, at the time at which that begins to matter.</summary>
    internal void Decide(int request, int plan)
    {
        Put(ref _jobs[Find(request)], plan);
        Dispatch();
    }

    /// <summary>Whether the request still waits for the device or has its head there, so that another plan may have led here as well.</summary>
    internal bool CanReplan(int request) => Find(request) is >= 0 and var j && _jobs[j].Stage is Stage.WaitDevice or Stage.OnDevice;

    /// <summary>Puts a request that <see cref="CanReplan"/> under another plan that begins on the device, as if that had been its plan from the beginning.</summary>
    /// <returns>False where that plan would have led elsewhere by now; the stations are then good for nothing but to try another plan.</returns>
    internal bool Replan(int request, int plan)
    {
        var j = Find(request);
        ref var job = ref _jobs[j];
        if (_heats is not null && model.Use(plan) != model.Use(job.Plan))
            return false;
        Put(ref job, plan);
        if (job.Stage == Stage.WaitDevice)
            return true;
        // Since the head began the device has not been turned to anything else, so its heat then is in the books.
        if (!Begins(ref job, job.Start, Slowdown(_now.Heat)))
            return false;
        Ends(j, world.Compute(job, job.Start, job.Nominal));
        return job.Next > Now;
    }

    /// <summary>The request's job, which is no probe; -1 if it has none any more.</summary>
    private int Find(int request)
    {
        var j = _now.Count - 1;
        while (j >= 0 && (_jobs[j].Request != request || _jobs[j].IsProbe))
            j--;
        return j;
    }
}
