using System.Runtime.CompilerServices;
using RlOffload.Environment.Plans;

namespace RlOffload.Environment.Simulation;

/// <summary>What happens to a job at the stations: it starts, ends, is given up, falls back.</summary>
public sealed partial class Stations
{
    private void Complete(int j)
    {
        ref var job = ref _jobs[j];
        switch (job.Stage)
        {
            case Stage.OnDevice:
                Calibrate(job);
                LeaveDevice(ref job);
                if (model.Table.End(job.Plan, job.Way).Answers)
                    Answer(j);
                else
                    EnterUplink(j);
                break;
            case Stage.OnUplink:
                LeaveUplink(ref job, job.Bytes, learns: !job.IsUnseen);
                if (job.IsProbe)
                {
                    Remove(j);
                    break;
                }
                EnterServer(j);
                break;
            case Stage.ToServer when model.Table[job.Plan].ServerSeconds == 0:
                job.Load = world.LoadAt(Now);
                Enter(j, Stage.ToDevice, Now + job.Rtt / 2);
                break;
            case Stage.ToServer:
                Enter(j, Stage.WaitServer);
                job.Ready = Now;
                break;
            case Stage.OnServer:
                _now.OnServer = -1;
                job.Server += Now - job.Start;
                Enter(j, Stage.ToDevice, Now + job.Rtt / 2);
                break;
            case Stage.ToDevice:
                if (_now.Foreseen == j)
                    _now.Foreseen = -1;
                _now.Knows.Answered(Now, job.Rtt, job.Load);
                Answer(j);
                break;
            default:
                Calibrate(job);
                LeaveDevice(ref job);
                FallBack(j);
                break;
        }
    }

    /// <summary>Cancels the transfer or the wait for the answer: the branch takes over, or the request is a miss.</summary>
    private void GiveUp(int j)
    {
        ref var job = ref _jobs[j];
        world.Stop(job);
        switch (job.Stage)
        {
            case Stage.OnDevice or Stage.OnFallback:
                LeaveDevice(ref job);
                break;
            case Stage.OnUplink:
                if (job.IsUnseen)
                    LeaveUnseen(ref job);
                else
                    LeaveUplink(ref job, world.Carried(job, Now));
                break;
            case Stage.OnServer:
                _now.OnServer = -1;
                job.Server += Now - job.Start;
                break;
            case Stage.ToServer when job.IsUnseen:
                Bound(ref job);
                break;
        }
        if (job.IsProbe)
        {
            Remove(j);
        }
        else if (job.Stage is >= Stage.WaitUplink and <= Stage.ToDevice && job.BranchExit >= 0)
        {
            if (job.BranchSeconds == 0)
            {
                FallBack(j);
                return;
            }
            Enter(j, Stage.WaitFallback);
            job.Ready = Now;
        }
        else
        {
            Lose(j);
        }
    }

    /// <summary>Nothing better comes in time: the answer of the last exit that the image passed by counts; without one the request is a miss.</summary>
    private void Lose(int j)
    {
        ref var job = ref _jobs[j];
        if (Held(job) is >= 0 and var held)
        {
            var way = model.Table.Ways(job.Plan)[held];
            End(j, OutcomeKind.Fallback, model.Table.AccuracyOf(new FallbackBranch(way.Exit, 0, way.HeldAccuracy), job.Image), way.Exit);
        }
        else
        {
            End(j, OutcomeKind.Missed, 0, -1);
        }
    }

    /// <summary>The last exit that the image has passed by, as a way of the plan; -1 if none. Its answer is there, though it was not sure.</summary>
    private int Held(in Job job)
    {
        if (job.Way < 0)
            return job.Passed;
        if (job.Stage != Stage.OnDevice)
            return job.Stage == Stage.WaitDevice ? -1 : job.Way - 1;
        var ways = model.Table.Ways(job.Plan);
        var pace = (job.End - job.Start) / ways[job.Way].DeviceSeconds;
        var held = job.Way - 1;
        while (held >= 0 && ways[held].DeviceSeconds * pace > Now - job.Start)
            held--;
        return held;
    }

    private void Answer(int j)
    {
        ref var job = ref _jobs[j];
        End(j, OutcomeKind.Answered, model.Table.AccuracyOf(job.Plan, job.Way, job.Image), model.Table.End(job.Plan, job.Way).Exit);
    }

    private void FallBack(int j) => End(j, OutcomeKind.Fallback, _jobs[j].BranchAccuracy, _jobs[j].BranchExit);

    private void EnterUplink(int j)
    {
        ref var job = ref _jobs[j];
        job.Ready = Now;
        // The device may be hotter by then: the branch gets the time it needs at the heat that can be reached.
        var slowdown = _now.Calibration * (_heats is { } h ? Slowdown(Decayed(HeatNow(), 1, job.Deadline - Now, h.TimeConstant)) : 1);
        var margin = Margin;
        var branch = model.Fallback(job.Plan, job.Deadline - job.Arrival, Now + margin - job.Arrival, slowdown);
        if (!branch.Exists && margin > 0)
        {
            // The margin is for clocks that wake late: a branch that would end within it is better than none.
            margin = 0;
            branch = model.Fallback(job.Plan, job.Deadline - job.Arrival, Now - job.Arrival, slowdown);
        }
        if (branch.Exists)
        {
            (job.BranchExit, job.BranchAccuracy, job.BranchSeconds) = (branch.Exit, model.Table.AccuracyOf(branch, job.Image), branch.Seconds / slowdown);
            job.CancelAt = job.Deadline - branch.Seconds - margin;
            job.AtRisk = job.CancelAt < job.Deadline ? job.BranchSeconds : 0;
        }
        Enter(j, Stage.WaitUplink);
    }

    /// <summary>Starts what can start; each station takes what became ready first.</summary>
    /// <returns>False where the device would turn to the request whose plan is open; it is as if nobody had asked then.</returns>
    private bool Dispatch()
    {
        while ((_now.OnDevice < 0) & (_now.At[(int)Stage.WaitFallback] + _now.At[(int)Stage.WaitDevice] != 0))
        {
            var j = First(_now.At[(int)Stage.WaitFallback] != 0 ? Stage.WaitFallback : Stage.WaitDevice);
            ref var job = ref _jobs[j];
            if (job.Request == _undecided)
                return false;
            var branch = job.Stage == Stage.WaitFallback;
            if (!Begins(ref job, Now, Slowdown(HeatNow())))
            {
                Lose(j);
                continue;
            }
            job.DeviceWait += Now - job.Ready;
            Enter(j, branch ? Stage.OnFallback : Stage.OnDevice);
            _now.OnDevice = j;
            Ends(j, world.Compute(job, Now, job.Nominal));
            Warm(0);
        }
        if ((_now.OnUplink < 0) & (_now.At[(int)Stage.WaitUplink] != 0))
        {
            var u = First(Stage.WaitUplink);
            ref var job = ref _jobs[u];
            job.UplinkWait += Now - job.Ready;
            Enter(u, Stage.OnUplink);
            (job.Start, _now.OnUplink) = (Now, u);
            Ends(u, world.Send(job, Now));
            _now.Power.SendingStarts(model.Scenario, Now);
        }
        if ((_now.OnServer < 0) & (_now.At[(int)Stage.WaitServer] != 0))
        {
            var s = First(Stage.WaitServer);
            ref var job = ref _jobs[s];
            job.Load = world.LoadAt(Now);
            (job.Start, _now.OnServer) = (Now, s);
            Enter(s, Stage.OnServer, Now + model.Table[job.Plan].ServerSeconds * job.Load);
        }
        return true;
    }

    /// <summary>When the job's head or branch begins on the device, and what it should take.</summary>
    /// <returns>False where it can no longer end in time.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Begins(ref Job job, double at, double slowdown)
    {
        ref readonly var work = ref model.Table.Work(job.Plan);
        var (quickest, nominal, longest) = job.Stage == Stage.WaitFallback
            ? (job.BranchSeconds, job.BranchSeconds, job.BranchSeconds) : (work.QuickestSeconds, model.Table.End(job.Plan, job.Way).Seconds, work.LongestSeconds);
        if (at + quickest * slowdown * _now.Calibration > job.Deadline + Tolerance)
            return false;
        job.Nominal = nominal * slowdown;
        (job.Start, job.Due) = (at, at + longest * slowdown * _now.Calibration);
        return true;
    }

    private void LeaveDevice(ref Job job)
    {
        if (_heats is not null)
            Warm(Use(job));
        _now.OnDevice = -1;
        var seconds = Now - job.Start;
        job.Device += seconds;
        _now.DeviceSeconds += seconds;
        _now.DeviceEnd = Now;
        Spend(ref job, job.Stage == Stage.OnDevice ? model.DeviceEnergy(job.Plan, seconds) : model.DeviceEnergy(seconds));
    }

    private void LeaveUplink(ref Job job, double bytes, bool learns = true)
    {
        _now.OnUplink = -1;
        _now.Power.SendingEnds(model.Scenario, Now);
        var seconds = Now - job.Start;
        job.Uplink += seconds;
        _now.UplinkSeconds += seconds;
        _now.UplinkEnd = Now;
        job.BytesSent += bytes;
        _now.BytesSent += bytes;
        Spend(ref job, model.SendEnergy(seconds, bytes));
        if (seconds > 0 && learns)
            _now.Knows.Sent(Now, bytes, seconds);
    }

    private void Spend(ref Job job, double joules)
    {
        job.Energy += joules;
        _now.Power.Charge(model.Scenario, Now, joules);
    }

    private void End(int j, OutcomeKind kind, double accuracy, int exit)
    {
        Finish(ref _jobs[j], kind, accuracy, exit);
        Remove(j);
    }

    /// <summary>Accuracy of the answer as far as the device knows: whether it is right it is not told.</summary>
    private double Expected(in Job job, OutcomeKind kind, int exit) => kind switch
    {
        OutcomeKind.Answered => model.Table.AccuracyOf(job.Plan, job.Way, image: -1),
        OutcomeKind.Fallback => model.Table.ExitAccuracy(job.Plan, exit),
        _ => 0,
    };

    private void Finish(ref Job job, OutcomeKind kind, double accuracy, int exit)
    {
        _now.InFlight--;
        var deadline = job.Deadline - job.Arrival;
        var inTime = kind is OutcomeKind.Answered or OutcomeKind.Fallback;
        var latency = inTime ? Math.Min(Now - job.Arrival, deadline) : deadline;
        var reward = model.Reward(inTime, accuracy, latency, deadline);
        _now.Reward += reward;
        _now.Misses += inTime ? 0 : 1;
        _now.Shortfall += model.BestAccuracy - (inTime ? accuracy : 0);
        if (model.Scenario.Budgets is not null)
            _now.Queues.Known(new Costs(0, inTime ? 0 : 1, model.BestAccuracy - Expected(job, kind, exit)));
        Sink?.Deliver(new Outcome(job.Request, job.Plan, kind, reward, inTime ? accuracy : 0, latency, deadline, job.Energy, job.BytesSent,
            model.Table[job.Plan].MemoryBytes, job.DeviceWait, job.Device, job.UplinkWait, job.Uplink, job.Server, job.Rtt,
            exit, job.Image));
    }
}
