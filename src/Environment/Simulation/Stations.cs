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
    private double _deviceSeconds, _uplinkSeconds, _heat, _heatTime, _fast, _slow, _lastArrival = double.NegativeInfinity;
    private PowerMeter _power = PowerMeter.Full(model.Scenario);
    private LinkKnowledge _knows = LinkKnowledge.Nothing(model.Scenario);
    private double _calibration = 1;
    private int _misses;
    private double _shortfall;
    private VirtualQueues _queues;

    public double Now { get; private set; }

    /// <summary>Sum of the rewards of all requests whose outcome is known.</summary>
    public double TotalReward { get; private set; }

    /// <summary>All energy since the window began, J: work, sending, radio tails and idling.</summary>
    public double Energy => _power.Energy(model.Scenario, Now);

    /// <summary>All costs since the window began, of requests whose outcome is known.</summary>
    public Costs Costs => new(Energy, _misses, _shortfall);

    /// <summary>All bytes sent since the window began, probes and cancelled transfers included.</summary>
    public double BytesSent { get; private set; }

    public int InFlight { get; private set; }

    /// <summary>How long the device and the uplink have worked since the window began, s.</summary>
    public double DeviceSeconds => _deviceSeconds + (_onDevice >= 0 ? Now - _jobs[_onDevice].Start : 0);
    public double UplinkSeconds => _uplinkSeconds + (_onUplink >= 0 ? Now - _jobs[_onUplink].Start : 0);

    /// <summary>When work last left the device, and when the uplink; 0 before any did.</summary>
    public double DeviceEnd { get; private set; }
    public double UplinkEnd { get; private set; }

    /// <summary>How much earlier than it must a late answer is given up, s: real clocks wake late, simulated ones do not.</summary>
    public double Margin { get; init; }

    /// <summary>Receives outcomes; null where only the sums matter.</summary>
    public IOutcomeSink? Sink { get; init; }

    public void Reset()
    {
        _count = InFlight = 0;
        _onDevice = _onUplink = _onServer = -1;
        Now = TotalReward = BytesSent = DeviceEnd = UplinkEnd = _deviceSeconds = _uplinkSeconds = _heat = _heatTime = _fast = _slow = 0;
        _lastArrival = double.NegativeInfinity;
        _power = PowerMeter.Full(model.Scenario);
        _knows = LinkKnowledge.Nothing(model.Scenario);
        _calibration = 1;
        (_misses, _shortfall, _queues) = (0, 0, default);
    }

    public void CopyFrom(Stations other)
    {
        if (_jobs.Length < other._count)
            _jobs = new Job[other._jobs.Length];
        other._jobs.AsSpan(0, other._count).CopyTo(_jobs);
        (_count, _onDevice, _onUplink, _onServer) = (other._count, other._onDevice, other._onUplink, other._onServer);
        (_heat, _heatTime, _power, _knows) = (other._heat, other._heatTime, other._power, other._knows);
        (_fast, _slow, _lastArrival, _calibration) = (other._fast, other._slow, other._lastArrival, other._calibration);
        (Now, TotalReward, BytesSent, InFlight) = (other.Now, other.TotalReward, other.BytesSent, other.InFlight);
        (_misses, _shortfall, _queues) = (other._misses, other._shortfall, other._queues);
        (DeviceEnd, UplinkEnd, _deviceSeconds, _uplinkSeconds) = (other.DeviceEnd, other.UplinkEnd, other._deviceSeconds, other._uplinkSeconds);
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
        if (model.Scenario.Budgets is { } budgets)
            _queues.Arrive(budgets, Energy);
    }

    /// <summary>Puts the request that arrives now under its plan.</summary>
    public void Accept(int request, int plan)
    {
        var offload = model.Table.Plans[plan];
        ref readonly var cost = ref model.Table[plan];
        var deadline = world.Deadline(request);
        if (offload.Probe)
            Add(new Job { Request = request, Plan = plan, IsProbe = true, Stage = Stage.WaitUplink, Arrival = Now, Ready = Now, Bytes = CostModel.ProbeBytes,
                Deadline = Now + deadline, CancelAt = Now + deadline, End = double.PositiveInfinity, BranchExit = -1, Image = -1, Way = -1, Passed = -1 });
        var image = world.Image(request);
        var job = new Job { Request = request, Plan = plan, Arrival = Now, Ready = Now, Deadline = Now + deadline, Rtt = world.RoundTrip(request),
            CancelAt = Now + deadline, Bytes = cost.Bytes, End = double.PositiveInfinity, BranchExit = -1, Image = image, Passed = -1,
            Way = image < 0 || model.Table.Ways(plan).IsEmpty ? -1 : model.Table.WayOf(plan, image) };
        InFlight++;
        if (offload.Kind == PlanKind.Drop)
        {
            Finish(ref job, OutcomeKind.Dropped, 0, -1);
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
    /// <param name="tails">Whether what is left of the radio's tail counts: a cost to come.</param>
    public ulong FutureHash(bool tails = false)
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
        if (model.Scenario.Device.HiddenFactor != 1)
            sum = Mixed(sum ^ BitConverter.DoubleToUInt64Bits(_calibration));
        if (model.Scenario.Device.Battery is not null)
            sum = Mixed(sum ^ BitConverter.DoubleToUInt64Bits(BatteryJoules));
        if (tails && model.Scenario.Radio.TailWatts > 0)
            sum = Mixed(sum ^ BitConverter.DoubleToUInt64Bits(_power.LastSendEnd));
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
}
