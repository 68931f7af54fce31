namespace RlOffload.Environment.Simulation;

/// <summary>
/// A request that left for a server where nobody else is needs no events there: when it arrives, is served and comes back can be worked out at once.
/// Where another one follows before it is served, that is taken back and events go on as for any other.
/// </summary>
public sealed partial class Stations
{
    /// <summary>The job's last byte left the device.</summary>
    private void EnterServer(int j)
    {
        if (_now.Foreseen >= 0)
            Reconsider(_now.Foreseen);
        ref var job = ref _jobs[j];
        var arrives = Now + job.Rtt / 2;
        var works = model.Table[job.Plan].ServerSeconds > 0;
        // A real server says itself when it answers; until then the round trip is infinite.
        if (!(arrives + job.Rtt / 2 <= job.CancelAt)
            || (works && (_now.Foreseen >= 0 || _now.At[(int)Stage.ToServer] + _now.At[(int)Stage.WaitServer] + _now.At[(int)Stage.OnServer] != 0)))
        {
            Enter(j, Stage.ToServer, arrives);
            return;
        }
        var load = world.LoadAt(arrives);
        var served = Served(arrives, job.Plan, load);
        if (!(served + job.Rtt / 2 <= job.CancelAt))
        {
            Enter(j, Stage.ToServer, arrives);
            return;
        }
        (job.IsForeseen, job.Start, job.Load) = (true, arrives, load);
        if (works)
            (job.Server, _now.Foreseen) = (served - arrives, j);
        Enter(j, Stage.ToDevice, served + job.Rtt / 2);
    }

    private double Served(double arrives, int plan, double load) => arrives + model.Table[plan].ServerSeconds * load;

    /// <summary>Another job may be at the server before the foreseen one is served.</summary>
    private void Reconsider(int j)
    {
        _now.Foreseen = -1;
        ref var job = ref _jobs[j];
        var (stage, end) = Course(job);
        if (stage == Stage.ToDevice)
            return;
        (job.IsForeseen, job.Server) = (false, 0);
        if (stage == Stage.OnServer)
            _now.OnServer = j;
        Enter(j, stage, end);
    }

    /// <summary>Where the job is now and when that ends, also of one whose events were foreseen.</summary>
    private (Stage Stage, double End) Course(in Job job)
    {
        if (!job.IsForeseen || job.Stage != Stage.ToDevice)
            return (job.Stage, job.End);
        var served = Served(job.Start, job.Plan, job.Load);
        return Now < job.Start ? (Stage.ToServer, job.Start) : Now < served ? (Stage.OnServer, served) : (Stage.ToDevice, job.End);
    }
}
