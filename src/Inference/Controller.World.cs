using RlOffload.Environment;
using RlOffload.Environment.Simulation;
using RlOffload.Inference.Flights;

namespace RlOffload.Inference;

/// <summary>What the stations ask of the world: device and remote do the work and say later when it ended, so nothing that begins has an end yet.</summary>
public sealed partial class Controller
{
    void IOutcomeSink.Deliver(in Outcome outcome)
    {
        _flights.Remove(outcome.Request, out var on);
        on.Flight.Ended(outcome);
        _log(on.Flight);
        on.Flight.Pool!.Release(on.Flight);
    }

    double IWorld.Deadline(int request) => _flights[request].Flight.Deadline;

    int IWorld.Image(int request) => -1;

    double IWorld.RoundTrip(int request) => double.PositiveInfinity;

    double IWorld.Compute(in Job job, double now, double seconds)
    {
        var (flight, by) = _flights[job.Request];
        flight.Hold();
        if (job.Stage == Stage.OnFallback)
            by.Device.ComputeBranch(flight, job.BranchExit, now, seconds);
        else
            by.Device.ComputeHead(flight, now, seconds);
        return double.PositiveInfinity;
    }

    double IWorld.Send(in Job job, double now)
    {
        BeginTransfer(job, now);
        if (job.IsProbe)
        {
            Probes?.Spend();
            // The probe may outlive the request that it came with.
            _sender = _deployed.Remote;
            _sender.SendProbe(job.Request);
            return double.PositiveInfinity;
        }
        if (_breaker?.TryEnter(job.Request, now) == false)
        {
            _mailbox.Post(new Happened(What.Failed, job.Request, now, Reason: Reason.CircuitOpen));
            return double.PositiveInfinity;
        }
        var (flight, by) = _flights[job.Request];
        flight.Hold();
        _sender = by.Remote;
        _sender.Send(flight);
        return double.PositiveInfinity;
    }

    double IWorld.LoadAt(double now) => 1;

    double IWorld.Carried(in Job job, double now) => Math.Min(job.Bytes, CarriedBy(now));

    double IWorld.BytesBetween(double from, double to) => _deployed.Remote.BytesBetween(from, to);

    void IWorld.Stop(in Job job)
    {
        if (job.Stage is Stage.OnDevice or Stage.OnFallback)
        {
            var (flight, by) = _flights[job.Request];
            by.Device.Stop(flight);
        }
        else if (job.Stage is >= Stage.OnUplink and <= Stage.ToDevice)
        {
            (job.IsProbe ? _sender : _flights[job.Request].By.Remote).Stop(job.Request, job.IsProbe);
            if (job.IsProbe || _breaker is null)
                return;
            var now = _mailbox.Clock.Now;
            // A slow link is the policy's to know; one that carries nothing, or a server that keeps silent, is as good as none.
            if (job.Stage == Stage.OnUplink && _sender.Carried(now) > 0)
                _breaker.Abandoned(job.Request);
            else
                _breaker.Failed(job.Request, Reason.Late, now);
        }
    }
}
