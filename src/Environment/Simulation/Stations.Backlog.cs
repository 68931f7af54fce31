using System.Runtime.CompilerServices;

namespace RlOffload.Environment.Simulation;

/// <summary>
/// What of the accepted work will be in the way of the next request, as far as the device can tell. At its deadline a request leaves whatever station holds it,
/// and what can no longer end in time is not started: in a burst that is much of what waits.
/// </summary>
public sealed partial class Stations
{
    /// <summary>Counts in an observation only what will be done. By itself, so that whoever counts all does not carry it along.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Expect(Observation o)
    {
        ExpectOfDevice(o, o.Slowdown);
        o.UplinkBacklogBytes = ExpectedOfUplink(o.Rate, _now.OnUplink >= 0 ? world.Carried(_jobs[_now.OnUplink], Now) : 0);
    }

    /// <summary>How long the device will be busy if nothing more comes, s, as if no image left early, and the bytes of the heads that it gets to.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ExpectOfDevice(Observation o, double slowdown)
    {
        var (idle, bytes) = (Now, 0.0);
        var works = model.Table.Works;
        if (_now.OnDevice >= 0)
        {
            ref readonly var running = ref _jobs[_now.OnDevice];
            idle = Math.Max(Now, Math.Min(running.Due, running.Deadline));
            bytes = running.Stage == Stage.OnDevice ? works[running.Plan].MeanBytes : 0;
        }
        for (var j = First(Stage.WaitFallback); j >= 0; j = After(Stage.WaitFallback, j))
            Runs(_jobs[j], _jobs[j].BranchSeconds, _jobs[j].BranchSeconds);
        for (var j = First(Stage.WaitDevice); j >= 0; j = After(Stage.WaitDevice, j))
            if (Runs(_jobs[j], works[_jobs[j].Plan].QuickestSeconds, works[_jobs[j].Plan].LongestSeconds))
                bytes += works[_jobs[j].Plan].MeanBytes;
        (o.DeviceBacklog, o.PendingBytes) = (idle - Now, bytes);

        bool Runs(in Job job, double quickest, double longest)
        {
            if (idle + quickest * slowdown > job.Deadline + Tolerance)
                return false;
            idle = Math.Min(idle + longest * slowdown, Math.Max(idle, job.Deadline));
            return true;
        }
    }

    /// <summary>Bytes that a link of this rate carries until nothing waits for it any more.</summary>
    /// <param name="rate">bit/s, above 0.</param>
    /// <param name="carried">Bytes of the transfer under way that are acknowledged.</param>
    private double ExpectedOfUplink(double rate, double carried)
    {
        var (idle, bytes, givenUp) = (Now, 0.0, false);
        if (_now.OnUplink >= 0)
            Carries(_jobs[_now.OnUplink], carried);
        for (var j = First(Stage.WaitUplink); j >= 0; j = After(Stage.WaitUplink, j))
            Carries(_jobs[j], 0);
        return givenUp ? (idle - Now) * rate / 8 : bytes;

        void Carries(in Job job, double done)
        {
            bytes += job.Bytes - done;
            var end = idle + (job.Bytes - done) * 8 / rate;
            givenUp |= end > job.CancelAt;
            idle = Math.Max(idle, Math.Min(end, job.CancelAt));
        }
    }
}
