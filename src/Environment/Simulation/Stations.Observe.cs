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
        var slowdown = Slowdown(heat) * _calibration;
        (o.Request, o.Now, o.Deadline, o.InFlight) = (request, Now, world.Deadline(request), InFlight);
        double device = 0, risk = 0, uplink = 0, pending = 0, sendingFor = 0, sendingRate = 0;
        for (var j = 0; j < _count; j++)
        {
            ref readonly var job = ref _jobs[j];
            switch (job.Stage)
            {
                case Stage.WaitDevice or Stage.OnDevice:
                    device += job.Stage == Stage.OnDevice ? Math.Max(0, job.Due - Now) : model.Table.LongestDeviceSeconds(job.Plan) * slowdown;
                    pending += job.Bytes * model.Table[job.Plan].GoesOn;
                    continue;
                case Stage.OnFallback:
                    device += Math.Max(0, job.Due - Now);
                    continue;
                case Stage.WaitFallback:
                    device += job.BranchSeconds * slowdown;
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
        o.Rate = _knows.Estimate(s, Now, o.SendingFor, o.SendingRate);
        (o.LastRate, o.PreviousRate, o.Volatility, o.Rtt) = (_knows.LastRate, _knows.PreviousRate, _knows.Volatility, _knows.Rtt);
        o.RateAge = Math.Min(Observation.MaxAge, Now - _knows.LastRateTime);
        (o.ServerLoad, o.ServerLoadAge) = (_knows.Load, Math.Min(Observation.MaxAge, Now - _knows.LoadTime));
        if (s.Uplink.Observe == RateKnowledge.Modem)
            ObserveModem(o);
        (o.FastIntensity, o.SlowIntensity) = (_fast, _slow);
        (o.Heat, o.Slowdown) = (heat, slowdown);
        if (s.Budgets is { } budgets)
        {
            var debts = _queues.Debts;
            (o.EnergyDebt, o.MissDebt, o.AccuracyDebt) =
                (debts.Energy / budgets.EnergyJoules, debts.Misses / budgets.MissRate, debts.AccuracyShortfall / budgets.AccuracyShortfall);
        }
        o.Battery = s.Device.Battery is { } b ? Math.Clamp(BatteryJoules / b.CapacityJoules, 0, 1) : 1;
    }

    /// <summary>Marks the plans that can run now: all that fit into memory while there is energy, else only to drop.</summary>
    public void Allow(Span<bool> mask)
    {
        var powered = BatteryJoules > 0;
        for (var p = 0; p < mask.Length; p++)
            mask[p] = model.Table.Plans[p] is { Kind: PlanKind.Drop, Probe: false } || (powered && model.Table.Runnable[p]);
    }

    public double SinceLastArrival => double.IsNegativeInfinity(_lastArrival) ? model.Scenario.Arrivals.MeanGap : Now - _lastArrival;

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
