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

    private Job[] _jobs = new Job[Room];
    private Books _now = Books.New(model.Scenario);
    private (Exponential Fast, Exponential Slow) _fades; // no state of the stations: what was worked out last
    private EstimateMemo _estimate;
    private int _undecided = -1; // the request whose plan is open, while that is so
    private HeatSpec? _heats = model.Scenario.Device.Heat;
    private bool _expects = model.Scenario.Device.Backlog == BacklogKnowledge.Expected;
    private double _fast = 4 * model.Scenario.Arrivals.MeanGap, _slow = 25 * model.Scenario.Arrivals.MeanGap; // memory of arrivals, s

    /// <summary>s since the window began.</summary>
    public double Now { get => _now.Time; private set => _now.Time = value; }

    /// <summary>Sum of the rewards of all requests whose outcome is known.</summary>
    public double TotalReward => _now.Reward;

    /// <summary>All energy since the window began, J: work, sending, radio tails and idling.</summary>
    public double Energy => _now.Power.Energy(model.Scenario, Now);

    /// <summary>All costs since the window began, of requests whose outcome is known.</summary>
    public Costs Costs => new(Energy, _now.Misses, _now.Shortfall);

    /// <summary>All bytes sent since the window began, probes and cancelled transfers included.</summary>
    public double BytesSent => _now.BytesSent;

    public int InFlight => _now.InFlight;

    /// <summary>How long the device and the uplink have worked since the window began, s.</summary>
    public double DeviceSeconds => _now.DeviceSeconds + (_now.OnDevice >= 0 ? Now - _jobs[_now.OnDevice].Start : 0);
    public double UplinkSeconds => _now.UplinkSeconds + (_now.OnUplink >= 0 ? Now - _jobs[_now.OnUplink].Start : 0);

    /// <summary>When work last left the device, and when the uplink; 0 before any did.</summary>
    public double DeviceEnd => _now.DeviceEnd;
    public double UplinkEnd => _now.UplinkEnd;

    /// <summary>How much earlier than it must a late answer is given up, s: real clocks wake late, simulated ones do not.</summary>
    public double Margin { get; init; }

    /// <summary>Receives outcomes; null where only the sums matter.</summary>
    public IOutcomeSink? Sink { get; init; }

    public void Reset()
    {
        _next.AsSpan(0, _now.Count).Fill(double.PositiveInfinity);
        _stages.AsSpan().Fill(NoStages);
        (_now, _ahead) = (Books.New(model.Scenario), default);
    }

    public void CopyFrom(Stations other)
    {
        Order(other);
        _now = other._now;
    }

    /// <summary>Takes notice of a request's arrival at the present time, before it is planned.</summary>
    public void Arrive()
    {
        var gap = SinceLastArrival;
        if (double.IsNegativeInfinity(_now.LastArrival))
            _now.Fast = _now.Slow = 1 / model.Scenario.Arrivals.MeanGap;
        _now.Fast = _now.Fast * _fades.Fast.Of(-gap / _fast) + 1 / _fast;
        _now.Slow = _now.Slow * _fades.Slow.Of(-gap / _slow) + 1 / _slow;
        _now.LastArrival = Now;
        if (model.Scenario.Budgets is { } budgets)
            _now.Queues.Arrive(budgets, Energy);
    }

    /// <summary>Puts the request that arrives now under its plan.</summary>
    public void Accept(int request, int plan)
    {
        Place(request, plan);
        Dispatch();
    }

    private void Place(int request, int plan)
    {
        ref readonly var work = ref model.Table.Work(plan);
        var deadline = world.Deadline(request);
        if (work.IsProbe)
        {
            ref var probe = ref Add(request, Stage.WaitUplink, deadline);
            (probe.Plan, probe.Bytes, probe.IsProbe, probe.Image, probe.Way) = (plan, CostModel.ProbeBytes, true, -1, -1);
        }
        ref var job = ref Add(request, Stage.WaitDevice, deadline);
        (job.Image, job.Rtt) = (world.Image(request), world.RoundTrip(request));
        Put(ref job, plan);
        _now.InFlight++;
        if (work.Kind == PlanKind.Drop)
            End(_now.Count - 1, OutcomeKind.Dropped, 0, -1);
        else if (!work.BeginsOnDevice)
            EnterUplink(_now.Count - 1);
    }

    private void Put(ref Job job, int plan)
    {
        (job.Plan, job.Bytes) = (plan, model.Table[plan].Bytes);
        job.Way = job.Image < 0 || !model.Table.Work(plan).IsGated ? -1 : model.Table.WayOf(plan, job.Image);
    }

    /// <summary>Lets everything happen up to and at <paramref name="until"/>.</summary>
    public void Advance(double until)
    {
        while (true)
        {
            var (next, time) = Earliest();
            if (next < 0 || time > until)
                break;
            ref var job = ref _jobs[next];
            if (job.Request == _undecided)
                return;
            Now = double.MaxNative(Now, time);
            if (job.End <= job.Limit + Tolerance)
                Complete(next);
            else
                GiveUp(next);
            if (!Dispatch())
                return;
        }
        if (until > Now && !double.IsPositiveInfinity(until))
            Now = until;
    }

    /// <summary>Lets all work end and charges the radio's last tail in full.</summary>
    public void Drain()
    {
        Advance(double.PositiveInfinity);
        _now.Power.Close(model.Scenario);
    }

    /// <summary>The battery's level, J; infinite on mains.</summary>
    public double BatteryJoules => _now.Power.Battery(model.Scenario, Now);

    /// <summary>
    /// Equal for states that every future treats alike: the same work at the same stages, the same heat and battery. What was earned, and what
    /// the device has learned, is left out.
    /// </summary>
    /// <param name="tails">Whether what is left of the radio's tail counts: a cost to come.</param>
    public ulong FutureHash(bool tails = false)
    {
        var sum = 0UL;
        for (var j = 0; j < _now.Count; j++)
        {
            ref readonly var job = ref _jobs[j];
            var (stage, end) = Course(job);
            var hash = Mixed((ulong)job.Request << 32 | (ulong)(uint)job.Plan << 16 | (ulong)stage << 8 | (job.IsProbe ? 1u : 0u));
            // The sum does not depend on the order in which the jobs are kept.
            sum += Mixed(Mixed(hash ^ BitConverter.DoubleToUInt64Bits(end < double.PositiveInfinity ? end : job.Ready)) ^ BitConverter.DoubleToUInt64Bits(job.CancelAt));
        }
        if (model.Scenario.Device.Heat is not null)
            sum = Mixed(sum ^ BitConverter.DoubleToUInt64Bits(HeatNow()));
        if (model.Scenario.Device.HiddenFactor != 1)
            sum = Mixed(sum ^ BitConverter.DoubleToUInt64Bits(_now.Calibration));
        if (model.Scenario.Device.Battery is not null)
            sum = Mixed(sum ^ BitConverter.DoubleToUInt64Bits(BatteryJoules));
        if (tails && model.Scenario.Radio.TailWatts > 0)
            sum = Mixed(sum ^ BitConverter.DoubleToUInt64Bits(_now.Power.LastSendEnd));
        return sum;
    }

    private static ulong Mixed(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }
}
