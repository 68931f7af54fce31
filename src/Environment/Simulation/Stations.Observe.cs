using System.Runtime.CompilerServices;
using RlOffload.Environment.Plans;

namespace RlOffload.Environment.Simulation;

/// <summary>What the device sees of the stations: its own work and transfers, never what the trace will bring.</summary>
public sealed partial class Stations
{
    /// <summary>What the device knows, for the request that has just arrived.</summary>
    public void Observe(int request, Observation o)
    {
        var s = model.Scenario;
        var heat = HeatNow();
        var slowdown = Slowdown(heat) * _now.Calibration;
        (o.Request, o.Now, o.Deadline, o.InFlight) = (request, Now, world.Deadline(request), InFlight);
        double device = 0, risk = 0, uplink = 0, pending = 0, sendingFor = 0, sendingRate = 0, carried = 0;
        if (_now.OnUplink >= 0)
        {
            ref readonly var sent = ref _jobs[_now.OnUplink];
            carried = world.Carried(sent, Now);
            sendingFor = Now - sent.Start;
            sendingRate = carried * 8 / sendingFor;
        }
        var works = model.Table.Works;
        for (var j = 0; j < _now.Count; j++)
        {
            ref readonly var job = ref _jobs[j];
            ref readonly var counts = ref Counts.Of(job.Stage);
            ref readonly var work = ref works[job.Plan];
            AddDevice(job, work, counts, slowdown, ref device, ref pending);
            uplink += (job.Bytes - counts.Sent * carried) * counts.Bytes;
            risk += job.AtRisk * slowdown * counts.AtRisk;
        }
        (o.DeviceBacklog, o.FallbackAtRisk, o.UplinkBacklogBytes, o.PendingBytes) = (device, risk, uplink, pending);
        // A transfer that stalls says so by its rate of 0.
        (o.SendingFor, o.SendingRate) = sendingFor >= LinkKnowledge.Resolution ? (sendingFor, sendingRate) : (0, 0);
        o.Rate = _now.Knows.Estimate(s, Now, o.SendingFor, o.SendingRate, ref _estimate);
        (o.LastRate, o.PreviousRate, o.Volatility, o.Rtt) = (_now.Knows.LastRate, _now.Knows.PreviousRate, _now.Knows.Volatility, _now.Knows.Rtt);
        o.RateAge = Math.Min(Observation.MaxAge, Now - _now.Knows.LastRateTime);
        (o.ServerLoad, o.ServerLoadAge) = (_now.Knows.Load, Math.Min(Observation.MaxAge, Now - _now.Knows.LoadTime));
        if (s.Uplink.Observe == RateKnowledge.Modem)
            ObserveModem(o);
        (o.FastIntensity, o.SlowIntensity) = (_now.Fast, _now.Slow);
        (o.Heat, o.Slowdown) = (heat, slowdown);
        if (s.Budgets is { } budgets)
        {
            var debts = _now.Queues.Debts;
            (o.EnergyDebt, o.MissDebt, o.AccuracyDebt) =
                (debts.Energy / budgets.EnergyJoules, debts.Misses / budgets.MissRate, debts.AccuracyShortfall / budgets.AccuracyShortfall);
        }
        o.Battery = s.Device.Battery is { } b ? Math.Clamp(BatteryJoules / b.CapacityJoules, 0, 1) : 1;
        if (_expects)
            Expect(o);
    }

    /// <summary>Of the same observation what another plan of a request that the device has not done with changes.</summary>
    public void ObserveDevice(Observation o)
    {
        var slowdown = Slowdown(HeatNow()) * _now.Calibration;
        if (_expects)
        {
            ExpectOfDevice(o, slowdown);
            return;
        }
        double device = 0, pending = 0;
        var works = model.Table.Works;
        for (var j = 0; j < _now.Count; j++)
            AddDevice(_jobs[j], works[_jobs[j].Plan], Counts.Of(_jobs[j].Stage), slowdown, ref device, ref pending);
        (o.DeviceBacklog, o.PendingBytes) = (device, pending);
    }

    /// <summary>Adds what a job leaves the device to do, s, and has yet to send, bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddDevice(in Job job, in PlanWork work, in Counts counts, double slowdown, ref double device, ref double pending)
    {
        device += counts.Head * (work.LongestSeconds * slowdown) + counts.Begun * double.MaxNative(0, job.Due - Now) + counts.Branch * (job.BranchSeconds * slowdown);
        pending += counts.Pending * work.MeanBytes;
    }

    /// <inheritdoc cref="CostTable.Allowed"/>
    public ReadOnlySpan<bool> Allowed => model.Table.Allowed(BatteryJoules > 0);

    public double SinceLastArrival => double.IsNegativeInfinity(_now.LastArrival) ? model.Scenario.Arrivals.MeanGap : Now - _now.LastArrival;

    private void ObserveModem(Observation o)
    {
        for (var k = 0; k < Observation.ModemSeconds; k++)
        {
            double to = Math.Floor(Now) - k, from = to - 1;
            o.ModemRates[k] = from < 0 ? model.Scenario.Uplink.PriorBitsPerSecond : world.BytesBetween(from, to) * 8;
        }
        o.Rate = Math.Max(o.ModemRates[0], 1000);
        o.RateAge = Now - Math.Floor(Now);
    }

    /// <summary>
    /// Whether what a job at a stage brings counts, 1 or 0: a sum over jobs whose stages nobody can guess is quicker with factors than with branches, and a zero
    /// that is added changes nothing.
    /// </summary>
    /// <param name="Head">Its device time, expected; of the branch <paramref name="Branch"/>; of either, begun, <paramref name="Begun"/>.</param>
    /// <param name="Pending">Bytes expected of it; known <paramref name="Bytes"/>, less those <paramref name="Sent"/>.</param>
    private readonly record struct Counts(double Head, double Begun, double Branch, double Pending, double Bytes, double Sent, double AtRisk)
    {
        private static readonly Counts[] All =
        [
            new(1, 0, 0, 1, 0, 0, 0), new(0, 1, 0, 1, 0, 0, 0), new(0, 0, 0, 0, 1, 0, 1), new(0, 0, 0, 0, 1, 1, 1), new(0, 0, 0, 0, 0, 0, 1),
            new(0, 0, 0, 0, 0, 0, 1), new(0, 0, 0, 0, 0, 0, 1), new(0, 0, 0, 0, 0, 0, 1), new(0, 0, 1, 0, 0, 0, 0), new(0, 1, 0, 0, 0, 0, 0),
        ];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ref readonly Counts Of(Stage stage) => ref All[(int)stage];
    }
}
