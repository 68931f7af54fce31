using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;
using RlOffload.Inference.Flights;

namespace RlOffload.Inference;

/// <summary>
/// The uplink as far as the device can know it. Where only the network's word is there, it may be that of a modem or router that took the message in whole: how long the link needs for it is
/// told with the answer. Until then the uplink is taken to be busy for as long as messages needed lately, so that later ones wait where the policy sees them and can be given up.
/// </summary>
public sealed partial class Controller
{
    private (int Request, bool Probe) _sending = (-1, false);
    private IRemote _sender;
    private double _sendBegun, _sendBytes, _sendRate;
    private double _throughAt = double.PositiveInfinity; // when the one that the network took in should be through; infinite: there is none
    private double _toldRate = double.NaN; // of the link as the server tells it, bit/s, smoothed; NaN: it never did
    private double _lastSent, _lastHeard;

    private void BeginTransfer(in Job job, double now)
    {
        _sending = (job.Request, job.IsProbe);
        (_sendBegun, _sendBytes, _sendRate, _throughAt) = (now, job.Bytes, _toldRate, double.PositiveInfinity);
    }

    /// <summary>Bytes of what is being sent that the link has carried, as far as is known.</summary>
    private double CarriedBy(double now) => double.IsPositiveInfinity(_throughAt) ? _sender.Carried(now) : (now - _sendBegun) * _sendRate / 8;

    /// <summary>The network took what was being sent.</summary>
    private void Left(in Happened sent)
    {
        _lastSent = sent.At;
        if (_sending != (sent.Request, sent.Probe))
            return;
        if (sent.Unseen)
        {
            _stations.Taken(sent.Request, sent.Probe, sent.At);
            if (_sendBegun + _sendBytes * 8 / _sendRate is var through && through > sent.At)
            {
                _throughAt = through;
                return;
            }
        }
        else
            Link?.Transferred(sent.At, _sender.Carried(sent.At), sent.At - _sendBegun);
        _stations.Sent(sent.Request, sent.Probe, sent.At);
    }

    /// <summary>What should be through by now is taken to be.</summary>
    private void LetThrough(double now)
    {
        if (_throughAt <= now)
            EndTransfer(_throughAt);
    }

    private void EndTransfer(double at)
    {
        _throughAt = double.PositiveInfinity;
        _stations.Sent(_sending.Request, _sending.Probe, at);
    }

    private void Answered(in Happened answer)
    {
        if (_flights.TryGetValue(answer.Request, out var on))
            Arrived(answer, on.Flight.WireBytes);
        if (!double.IsNaN(answer.Uplink))
            Link?.Answered(answer.RoundTrip);
        _stations.Answered(answer.Request, answer.RoundTrip, answer.Load, answer.Server, answer.At, answer.Uplink);
    }

    private void Probed(in Happened answer)
    {
        Arrived(answer, CostModel.ProbeBytes);
        _stations.Probed(answer.RoundTrip, answer.Uplink, answer.At);
    }

    /// <summary>It is through, whatever was thought.</summary>
    private void Arrived(in Happened answer, double bytes)
    {
        _lastHeard = answer.At;
        if (_sending == (answer.Request, answer.Probe) && !double.IsPositiveInfinity(_throughAt))
            EndTransfer(Math.Min(_throughAt, answer.At));
        if (!(answer.Uplink > 0 && bytes > 0))
            return;
        Link?.Transferred(answer.At - answer.RoundTrip, bytes, answer.Uplink);
        if (!answer.Told)
            return;
        var rate = bytes * 8 / answer.Uplink;
        // The geometric mean with what was known: as fast as what the stations know of the rate.
        _toldRate = double.IsNaN(_toldRate) ? rate : Math.Sqrt(_toldRate * rate);
    }
}
