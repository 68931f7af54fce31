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
        double device = 0, risk = 0, uplink = 0, pending = 0, sendingFor = 0, sendingRate = 0;
        for (var j = 0; j < _now.Count; j++)
        {
            ref readonly var job = ref _jobs[j];
            switch (job.Stage)
            {
                case Stage.WaitDevice or Stage.OnDevice or Stage.WaitFallback or Stage.OnFallback:
                    AddDevice(job, slowdown, ref device, ref pending);
                    continue;
                case Stage.WaitUplink:
                    uplink += job.Bytes;
                    break;
                case Stage.OnUplink:
                    var carried = world.Carried(job, Now);
                    uplink += job.Bytes - carried;
                    sendingFor = Now - job.Start;
                    sendingRate = carried * 8 / sendingFor;
                    break;
            }
            if (!job.IsProbe && job.CancelAt < job.Deadline)
                risk += job.BranchSeconds * slowdown;
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
    }

    /// <summary>Of the same observation what another plan of a request that the device has not done with changes.</summary>
    public void ObserveDevice(Observation o)
    {
        var slowdown = Slowdown(HeatNow()) * _now.Calibration;
        double device = 0, pending = 0;
        for (var j = 0; j < _now.Count; j++)
            if (_jobs[j].Stage is Stage.WaitDevice or Stage.OnDevice or Stage.WaitFallback or Stage.OnFallback)
                AddDevice(_jobs[j], slowdown, ref device, ref pending);
        (o.DeviceBacklog, o.PendingBytes) = (device, pending);
    }

    /// <summary>Adds what a job that is the device's leaves to do, s, and has yet to send, bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddDevice(in Job job, double slowdown, ref double device, ref double pending)
    {
        switch (job.Stage)
        {
            case Stage.WaitDevice or Stage.OnDevice:
                device += job.Stage == Stage.OnDevice ? Math.Max(0, job.Due - Now) : model.Table.Work(job.Plan).LongestSeconds * slowdown;
                pending += model.Table.Work(job.Plan).MeanBytes;
                break;
            case Stage.OnFallback:
                device += Math.Max(0, job.Due - Now);
                break;
            default:
                device += job.BranchSeconds * slowdown;
                break;
        }
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
}
