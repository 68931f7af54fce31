using RlOffload.Environment.Plans;

namespace RlOffload.Environment.Simulation;

/// <summary>
/// Device, uplink and server as an event simulation. Each station serves one job at a time in the order in which work becomes ready
/// for it; a branch that saves a late request goes first. Work that can no longer end in time is not started, and at its deadline a
/// request leaves whatever station holds it. The state is small and copies fast, so that every plan can be tried from here.
/// The controller keeps its books with this class too, on a world that is real.
/// </summary>
public sealed partial class Stations(CostModel model, IWorld world)
{
    private const double Tolerance = 1e-9;

    private Job[] _jobs = new Job[32];
    private int _count;
    private int _onDevice = -1, _onUplink = -1, _onServer = -1;
    private double _heat, _heatTime, _fast, _slow, _lastArrival = double.NegativeInfinity;
    private PowerMeter _power = PowerMeter.Full(model.Scenario);
    private LinkKnowledge _knows = LinkKnowledge.Nothing(model.Scenario);

    public double Now { get; private set; }

    /// <summary>Sum of the rewards of all requests whose outcome is known.</summary>
    public double TotalReward { get; private set; }

    /// <summary>All energy since the window began, J: work, sending, radio tails and idling.</summary>
    public double Energy => _power.Energy(model.Scenario, Now);

    /// <summary>All bytes sent since the window began, probes and cancelled transfers included.</summary>
    public double BytesSent { get; private set; }

    public int InFlight { get; private set; }

    /// <summary>How much earlier than it must a late answer is given up, s: real clocks wake late, simulated ones do not.</summary>
    public double Margin { get; init; }

    /// <summary>Receives outcomes; null where only the sums matter.</summary>
    public IOutcomeSink? Sink { get; init; }

    public void Reset()
    {
        _count = InFlight = 0;
        _onDevice = _onUplink = _onServer = -1;
        Now = TotalReward = BytesSent = _heat = _heatTime = _fast = _slow = 0;
        _lastArrival = double.NegativeInfinity;
        _power = PowerMeter.Full(model.Scenario);
        _knows = LinkKnowledge.Nothing(model.Scenario);
    }

    public void CopyFrom(Stations other)
    {
        if (_jobs.Length < other._count)
            _jobs = new Job[other._jobs.Length];
        other._jobs.AsSpan(0, other._count).CopyTo(_jobs);
        (_count, _onDevice, _onUplink, _onServer) = (other._count, other._onDevice, other._onUplink, other._onServer);
        (_heat, _heatTime, _power, _knows) = (other._heat, other._heatTime, other._power, other._knows);
        (_fast, _slow, _lastArrival) = (other._fast, other._slow, other._lastArrival);
        (Now, TotalReward, BytesSent, InFlight) = (other.Now, other.TotalReward, other.BytesSent, other.InFlight);
    }

    /// <summary>Takes notice of a request's arrival at the present time, before it is planned.</summary>
    public void Arrive()
    {
        var gap = double.IsNegativeInfinity(_lastArrival) ? model.Scenario.Arrivals.MeanGap : Now - _lastArrival;
        double fast = 4 * model.Scenario.Arrivals.MeanGap, slow = 25 * model.Scenario.Arrivals.MeanGap;
        if (double.IsNegativeInfinity(_lastArrival))
            _fast = _slow = 1 / model.Scenario.Arrivals.MeanGap;
        _fast = _fast * Math.Exp(-gap / fast) + 1 / fast;
        _slow = _slow * Math.Exp(-gap / slow) + 1 / slow;
        _lastArrival = Now;
    }

    /// <summary>Puts the request that arrives now under its plan.</summary>
    public void Accept(int request, int plan)
    {
        var offload = model.Table.Plans[plan];
        ref readonly var cost = ref model.Table[plan];
        var deadline = world.Deadline(request);
        if (offload.Probe)
            Add(new Job { Request = request, Plan = plan, IsProbe = true, Stage = Stage.WaitUplink, Arrival = Now, Ready = Now, Bytes = CostModel.ProbeBytes,
                Deadline = Now + deadline, CancelAt = Now + deadline, End = double.PositiveInfinity });
        var job = new Job { Request = request, Plan = plan, Arrival = Now, Ready = Now, Deadline = Now + deadline, Rtt = world.RoundTrip(request),
            CancelAt = Now + deadline, Bytes = cost.Bytes, End = double.PositiveInfinity };
        InFlight++;
        if (offload.Kind == PlanKind.Drop)
        {
            Finish(ref job, OutcomeKind.Dropped, 0);
        }
        else
        {
            job.Stage = Stage.WaitDevice;
            if (offload.Kind != PlanKind.Local && cost.DeviceSeconds == 0)
                EnterUplink(ref job); // a stage of zero work is bypassed
            Add(job);
        }
        Dispatch();
    }

    /// <summary>Lets everything happen up to and at <paramref name="until"/>.</summary>
    public void Advance(double until)
    {
        while (true)
        {
            var next = -1;
            var time = double.PositiveInfinity;
            for (var j = 0; j < _count; j++)
            {
                var t = _jobs[j].Next;
                if (t < time || (t == time && Before(j, next)))
                    (next, time) = (j, t);
            }
            if (next < 0 || time > until)
                break;
            Now = Math.Max(Now, time);
            if (_jobs[next].End <= _jobs[next].Limit + Tolerance)
                Complete(next);
            else
                GiveUp(next);
            Dispatch();
        }
        if (!double.IsPositiveInfinity(until))
            Now = Math.Max(Now, until);
    }

    /// <summary>Lets all work end and charges the radio's last tail in full.</summary>
    public void Drain()
    {
        Advance(double.PositiveInfinity);
        _power.Close(model.Scenario);
    }

    /// <summary>The battery's level, J; infinite on mains.</summary>
    public double BatteryJoules => _power.Battery(model.Scenario, Now);

    /// <summary>
    /// Equal for states that every future treats alike: the same work at the same stages, the same heat and battery. What was earned, and what
    /// the device has learned, is left out.
    /// </summary>
    public ulong FutureHash()
    {
        var sum = 0UL;
        for (var j = 0; j < _count; j++)
        {
            ref readonly var job = ref _jobs[j];
            var running = job.End < double.PositiveInfinity;
            var hash = Mixed((ulong)job.Request << 32 | (ulong)(uint)job.Plan << 16 | (ulong)job.Stage << 8 | (job.IsProbe ? 1u : 0u));
            // The sum does not depend on the order in which the jobs are kept.
            sum += Mixed(Mixed(hash ^ BitConverter.DoubleToUInt64Bits(running ? job.End : job.Ready)) ^ BitConverter.DoubleToUInt64Bits(job.CancelAt));
        }
        if (model.Scenario.Device.Heat is not null)
            sum = Mixed(sum ^ BitConverter.DoubleToUInt64Bits(HeatNow()));
        if (model.Scenario.Device.Battery is not null)
            sum = Mixed(sum ^ BitConverter.DoubleToUInt64Bits(BatteryJoules));
        return sum;
    }

    private static ulong Mixed(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }

    private bool Before(int a, int b) => b < 0 || _jobs[a].Request < _jobs[b].Request
        || (_jobs[a].Request == _jobs[b].Request && !_jobs[a].IsProbe && _jobs[b].IsProbe);

    private void Add(in Job job)
    {
        if (_count == _jobs.Length)
            Array.Resize(ref _jobs, 2 * _count);
        _jobs[_count++] = job;
    }

    private void Remove(int j)
    {
        var last = --_count;
        if (j == last)
            return;
        _jobs[j] = _jobs[last];
        if (_onDevice == last) _onDevice = j;
        if (_onUplink == last) _onUplink = j;
        if (_onServer == last) _onServer = j;
    }

    private void Complete(int j)
    {
        ref var job = ref _jobs[j];
        switch (job.Stage)
        {
            case Stage.OnDevice:
                LeaveDevice(ref job);
                if (model.Table.Plans[job.Plan].Kind == PlanKind.Local)
                    End(j, OutcomeKind.Answered, model.Table[job.Plan].Accuracy);
                else
                    EnterUplink(ref job);
                break;
            case Stage.OnUplink:
                LeaveUplink(ref job, job.Bytes);
                if (job.IsProbe)
                {
                    Remove(j);
                    break;
                }
                job.Stage = Stage.ToServer;
                job.End = Now + job.Rtt / 2;
                break;
            case Stage.ToServer when model.Table[job.Plan].ServerSeconds == 0:
                job.Load = world.LoadAt(Now);
                job.Stage = Stage.ToDevice;
                job.End = Now + job.Rtt / 2;
                break;
            case Stage.ToServer:
                job.Stage = Stage.WaitServer;
                job.Ready = Now;
                job.End = double.PositiveInfinity;
                break;
            case Stage.OnServer:
                _onServer = -1;
                job.Server += Now - job.Start;
                job.Stage = Stage.ToDevice;
                job.End = Now + job.Rtt / 2;
                break;
            case Stage.ToDevice:
                _knows.Answered(Now, job.Rtt, job.Load);
                End(j, OutcomeKind.Answered, model.Table[job.Plan].Accuracy);
                break;
            default:
                LeaveDevice(ref job);
                End(j, OutcomeKind.Fallback, job.BranchAccuracy);
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
                LeaveUplink(ref job, world.Carried(job, Now));
                break;
            case Stage.OnServer:
                _onServer = -1;
                job.Server += Now - job.Start;
                break;
        }
        if (job.IsProbe)
        {
            Remove(j);
        }
        else if (job.Stage is >= Stage.WaitUplink and <= Stage.ToDevice && job.CancelAt < job.Deadline)
        {
            job.Stage = Stage.WaitFallback;
            job.Ready = Now;
            job.End = double.PositiveInfinity;
        }
        else
        {
            End(j, OutcomeKind.Missed, 0);
        }
    }

    private void EnterUplink(ref Job job)
    {
        job.Stage = Stage.WaitUplink;
        job.Ready = Now;
        job.End = double.PositiveInfinity;
        // The device may be hotter by then: the branch gets the time it needs at the heat that can be reached.
        var slowdown = model.Scenario.Device.Heat is { } h ? Slowdown(Decayed(HeatNow(), 1, job.Deadline - Now, h.TimeConstant)) : 1;
        var branch = model.Fallback(job.Plan, job.Deadline - job.Arrival, Now + Margin - job.Arrival, slowdown);
        if (!branch.Exists)
            return;
        (job.BranchExit, job.BranchAccuracy, job.BranchSeconds) = (branch.Exit, branch.Accuracy, branch.Seconds / slowdown);
        job.CancelAt = job.Deadline - branch.Seconds - Margin;
    }

    /// <summary>Starts what can start; each station takes what became ready first.</summary>
    private void Dispatch()
    {
        while (_onDevice < 0 && First(Stage.WaitFallback, Stage.WaitDevice) is >= 0 and var j)
        {
            ref var job = ref _jobs[j];
            var branch = job.Stage == Stage.WaitFallback;
            var seconds = (branch ? job.BranchSeconds : model.Table[job.Plan].DeviceSeconds) * Slowdown(HeatNow());
            if (Now + seconds > job.Deadline + Tolerance)
            {
                End(j, OutcomeKind.Missed, 0);
                continue;
            }
            job.DeviceWait += Now - job.Ready;
            job.Stage = branch ? Stage.OnFallback : Stage.OnDevice;
            (job.Start, job.Due, _onDevice) = (Now, Now + seconds, j);
            job.End = world.Compute(job, Now, seconds);
            Warm(0);
        }
        if (_onUplink < 0 && First(Stage.WaitUplink, Stage.WaitUplink) is >= 0 and var u)
        {
            ref var job = ref _jobs[u];
            job.UplinkWait += Now - job.Ready;
            job.Stage = Stage.OnUplink;
            (job.Start, _onUplink) = (Now, u);
            job.End = world.Send(job, Now);
            _power.SendingStarts(model.Scenario, Now);
        }
        if (_onServer < 0 && First(Stage.WaitServer, Stage.WaitServer) is >= 0 and var s)
        {
            ref var job = ref _jobs[s];
            job.Load = world.LoadAt(Now);
            job.Stage = Stage.OnServer;
            (job.Start, job.End, _onServer) = (Now, Now + model.Table[job.Plan].ServerSeconds * job.Load, s);
        }
    }

    /// <summary>The job of the preferred, else of the other stage, that has been ready for longest; -1 if none.</summary>
    private int First(Stage preferred, Stage other)
    {
        var first = -1;
        for (var j = 0; j < _count; j++)
        {
            var stage = _jobs[j].Stage;
            if (stage != preferred && stage != other)
                continue;
            if (first < 0 || (stage == preferred && _jobs[first].Stage != preferred)
                || (stage == _jobs[first].Stage && (_jobs[j].Ready < _jobs[first].Ready || (_jobs[j].Ready == _jobs[first].Ready && Before(j, first)))))
                first = j;
        }
        return first;
    }

    private void LeaveDevice(ref Job job)
    {
        Warm(1);
        _onDevice = -1;
        var seconds = Now - job.Start;
        job.Device += seconds;
        Spend(ref job, model.DeviceEnergy(seconds));
    }

    private void LeaveUplink(ref Job job, double bytes, bool learns = true)
    {
        _onUplink = -1;
        _power.SendingEnds(model.Scenario, Now);
        var seconds = Now - job.Start;
        job.Uplink += seconds;
        job.BytesSent += bytes;
        BytesSent += bytes;
        Spend(ref job, model.SendEnergy(seconds, bytes));
        if (seconds > 0 && learns)
            _knows.Sent(Now, bytes, seconds);
    }

    private void Spend(ref Job job, double joules)
    {
        job.Energy += joules;
        _power.Charge(model.Scenario, Now, joules);
    }

    private void End(int j, OutcomeKind kind, double accuracy)
    {
        Finish(ref _jobs[j], kind, accuracy);
        Remove(j);
    }

    private void Finish(ref Job job, OutcomeKind kind, double accuracy)
    {
        InFlight--;
        var deadline = job.Deadline - job.Arrival;
        var inTime = kind is OutcomeKind.Answered or OutcomeKind.Fallback;
        var latency = inTime ? Math.Min(Now - job.Arrival, deadline) : deadline;
        var reward = model.Reward(inTime, accuracy, latency, deadline);
        TotalReward += reward;
        Sink?.Deliver(new Outcome(job.Request, job.Plan, kind, reward, inTime ? accuracy : 0, latency, deadline, job.Energy, job.BytesSent,
            model.Table[job.Plan].MemoryBytes, job.DeviceWait, job.Device, job.UplinkWait, job.Uplink, job.Server, job.Rtt));
    }

    private double HeatNow() => model.Scenario.Device.Heat is { } h
        ? Decayed(_heat, _onDevice >= 0 ? 1 : 0, Now - _heatTime, h.TimeConstant) : 0;

    /// <summary>Brings the heat up to now; the device had <paramref name="use"/> since the last change.</summary>
    private void Warm(double use)
    {
        if (model.Scenario.Device.Heat is not { } h)
            return;
        _heat = Decayed(_heat, use, Now - _heatTime, h.TimeConstant);
        _heatTime = Now;
    }

    private static double Decayed(double heat, double use, double seconds, double constant) => use + (heat - use) * Math.Exp(-seconds / constant);

    private double Slowdown(double heat) => model.Scenario.Device.Heat is { } h
        ? 1 + (h.MaxSlowdown - 1) * Math.Clamp((heat - h.From) / (h.To - h.From), 0, 1) : 1;
}
