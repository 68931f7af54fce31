using RlOffload.Environment.Plans;

namespace RlOffload.Environment.Simulation;

/// <summary>
/// What a real world tells: work ends when it does, not when it was expected to. Whatever else was due until then happens first; what is told of a job
/// that has left the station meanwhile is ignored.
/// </summary>
public sealed partial class Stations
{
    /// <summary>When something happens next though nobody tells anything; infinity if nothing does.</summary>
    public double NextEvent
    {
        get
        {
            var next = double.PositiveInfinity;
            for (var j = 0; j < _now.Count; j++)
                next = Math.Min(next, _next[j]);
            return next;
        }
    }

    /// <summary>The device finished the request's head or branch.</summary>
    /// <param name="way">Of a gated plan's head: which way the image took; else -1.</param>
    public void Computed(int request, double at, int way = -1)
    {
        var j = Find(request, probe: false, Stage.OnDevice, Stage.OnFallback);
        if (j >= 0 && way >= 0 && _jobs[j].Stage == Stage.OnDevice)
        {
            ref var job = ref _jobs[j];
            (job.Way, job.Nominal) = (way, job.Nominal * model.Table.Ways(job.Plan)[way].DeviceSeconds / model.Table[job.Plan].DeviceSeconds);
        }
        Ended(j, at);
    }

    /// <summary>The device tried the exit of a gated plan's way and goes on: at the deadline it has that exit's answer.</summary>
    public void Passed(int request, int way, double at)
    {
        Advance(at);
        if (Find(request, probe: false, Stage.OnDevice, Stage.OnDevice) is >= 0 and var j)
            _jobs[j].Passed = way;
    }

    /// <summary>The last byte of the request, or of its probe, left.</summary>
    public void Sent(int request, bool probe, double at) => Ended(Find(request, probe, Stage.OnUplink, Stage.OnUplink), at);

    /// <summary>The server's answer is here.</summary>
    /// <param name="roundTrip">From the last byte sent to the answer, less what the server says it took, s.</param>
    /// <param name="load">Of the server, as a factor on its time.</param>
    /// <param name="server">Its computing, s.</param>
    /// <param name="uplink">Of one that left unseen: how long the link took, s; NaN where nobody knows, and <paramref name="roundTrip"/> has it too.</param>
    public void Answered(int request, double roundTrip, double load, double server, double at, double uplink = 0)
    {
        var j = Find(request, probe: false, Stage.ToServer, Stage.ToServer);
        if (j >= 0)
        {
            ref var job = ref _jobs[j];
            if (job.IsUnseen)
            {
                (uplink, roundTrip) = Parted(uplink, roundTrip);
                Took(ref job, uplink);
            }
            Enter(j, Stage.ToDevice);
            (job.Rtt, job.Load, job.Server) = (roundTrip, load, server);
        }
        Ended(j, at);
    }

    /// <summary>The server answered though it was sent no request.</summary>
    /// <param name="load">Of the server, as a factor on its time; NaN where it said nothing of it.</param>
    public void Pinged(double roundTrip, double load, double at)
    {
        Advance(at);
        if (double.IsNaN(load))
            _now.Knows.Pinged(roundTrip);
        else
            _now.Knows.Answered(Now, roundTrip, load);
    }

    /// <summary>Whether nothing is sent and nothing waits to be.</summary>
    public bool IsUplinkIdle => _now.OnUplink < 0 && _now.At[(int)Stage.WaitUplink] == 0;

    /// <summary>A train of packets that no request brings, to learn how fast the link is.</summary>
    /// <param name="number">No request's.</param>
    /// <param name="deadline">s from now.</param>
    public void Probe(int number, double deadline)
    {
        ref var probe = ref Add(number, Stage.WaitUplink, deadline);
        (probe.Bytes, probe.IsProbe, probe.Image, probe.Way) = (CostModel.ProbeBytes, true, -1, -1);
        Dispatch();
    }

    /// <summary>
    /// No answer will come: refused, broken off or not understood. The most accurate branch that still fits takes over at once; where none does,
    /// the request is a miss.
    /// </summary>
    public void Failed(int request, bool probe, double at)
    {
        Advance(at);
        var j = Find(request, probe, Stage.WaitUplink, Stage.ToDevice);
        if (j < 0)
            return;
        ref var job = ref _jobs[j];
        if (job.Stage == Stage.OnUplink)
            // A link that was never used is not known to be slow.
            LeaveUplink(ref job, world.Carried(job, Now), learns: !job.IsUnseen && world.Carried(job, Now) > 0);
        if (probe || !Retreat(j))
            EndOrRemove(j);
        else if (job.BranchSeconds == 0)
            FallBack(j);
        Dispatch();
    }

    /// <summary>The device cannot compute what it was asked to; the request is a miss.</summary>
    public void Broken(int request, double at)
    {
        Advance(at);
        var j = Find(request, probe: false, Stage.OnDevice, Stage.OnFallback);
        if (j < 0)
            return;
        LeaveDevice(ref _jobs[j]);
        End(j, OutcomeKind.Missed, 0, -1);
        Dispatch();
    }

    /// <returns>Whether there is a branch that takes over.</returns>
    private bool Retreat(int j)
    {
        ref var job = ref _jobs[j];
        var slowdown = Slowdown(HeatNow()) * _now.Calibration;
        var busy = _now.OnDevice >= 0 ? Math.Max(0, _jobs[_now.OnDevice].Due - Now) : 0;
        var left = job.Deadline - Now - busy;
        var branch = Within(job.Plan, left - Margin, slowdown);
        if (!branch.Exists)
            // The margin is for clocks that wake late: a branch that would end within it is better than none.
            branch = Within(job.Plan, left, slowdown);
        if (!branch.Exists)
            return false;
        (job.BranchExit, job.BranchAccuracy, job.BranchSeconds) = (branch.Exit, branch.Accuracy, branch.Seconds);
        Enter(j, Stage.WaitFallback);
        job.Ready = Now;
        return true;
    }

    /// <summary>The most accurate branch that ends within so many seconds.</summary>
    private FallbackBranch Within(int plan, double seconds, double slowdown) =>
        model.Table.Fallback(plan, seconds / slowdown) is var branch && branch.Exists && branch.Seconds * slowdown <= seconds ? branch : FallbackBranch.None;

    private void EndOrRemove(int j)
    {
        if (_jobs[j].IsProbe)
            Remove(j);
        else
            Lose(j);
    }

    private void Ended(int j, double at)
    {
        if (j >= 0)
            Ends(j, at);
        Advance(at);
    }

    /// <summary>The request's job at one of the stages from first to last; -1 where it is elsewhere by now.</summary>
    private int Find(int request, bool probe, Stage first, Stage last)
    {
        for (var j = 0; j < _now.Count; j++)
            if (_jobs[j].Request == request && _jobs[j].IsProbe == probe && _jobs[j].Stage >= first && _jobs[j].Stage <= last)
                return j;
        return -1;
    }
}
