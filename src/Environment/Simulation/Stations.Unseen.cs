using RlOffload.Environment.Plans;

namespace RlOffload.Environment.Simulation;

/// <summary>
/// Transfers that nobody sees leaving: a modem, or a router on the way, takes a message in whole long before the link has carried it. How long that took is told by who received it.
/// </summary>
public sealed partial class Stations
{
    private (double Bytes, double Since) _ahead; // what was given up on its way, since the last answer to what was sent after it

    /// <summary>The network took in what is being sent; when the link has carried it nobody sees.</summary>
    public void Taken(int request, bool probe, double at)
    {
        Advance(at);
        if (Find(request, probe, Stage.OnUplink, Stage.OnUplink) is >= 0 and var j)
            _jobs[j].IsUnseen = true;
    }

    /// <summary>A probe that left unseen was answered.</summary>
    /// <param name="roundTrip">As of <see cref="Answered"/>.</param>
    /// <param name="uplink">As of <see cref="Answered"/>.</param>
    public void Probed(double roundTrip, double uplink, double at)
    {
        Advance(at);
        (uplink, roundTrip) = Parted(uplink, roundTrip);
        Learn(CostModel.ProbeBytes, uplink, at - roundTrip);
    }

    /// <summary>Where nobody knows how long the link took, the round trip takes what it took before, and the link the rest.</summary>
    private (double Uplink, double RoundTrip) Parted(double uplink, double roundTrip) =>
        double.IsNaN(uplink) ? (Math.Max(0, roundTrip - _now.Knows.Rtt), Math.Min(roundTrip, _now.Knows.Rtt)) : (uplink, roundTrip);

    /// <summary>The link took so long for the job, whatever was thought when it left.</summary>
    private void Took(ref Job job, double seconds)
    {
        _now.UplinkSeconds += seconds - job.Uplink;
        Spend(ref job, model.SendEnergy(seconds, job.BytesSent) - model.SendEnergy(job.Uplink, job.BytesSent));
        job.Uplink = seconds;
        Learn(job.BytesSent, seconds, job.Start + seconds);
        if (job.Start > _ahead.Since)
            _ahead = default;
    }

    /// <summary>The job is given up, but its bytes cannot be called back.</summary>
    private void LeaveUnseen(ref Job job)
    {
        LeaveUplink(ref job, job.Bytes, learns: false);
        Bound(ref job);
    }

    /// <summary>
    /// The job was not answered in time: the link has not carried it and what it may still have had to carry before it, so it is no faster than that, which is learned where it was
    /// thought to be.
    /// </summary>
    private void Bound(ref Job job)
    {
        _ahead = (_ahead.Bytes + job.Bytes, job.Start);
        var seconds = Now - job.Start - _now.Knows.Rtt;
        if (!(seconds > 0 && _ahead.Bytes * 8 < _now.Knows.LastRate * seconds))
            return;
        Learn(_ahead.Bytes, seconds, Now);
        // So that who reads of it, as a trace of the link, finds the same rate.
        job.Uplink = seconds * job.Bytes / _ahead.Bytes;
    }

    private void Learn(double bytes, double seconds, double ended) => _now.Knows.Sent(Math.Max(ended, _now.Knows.LastRateTime), bytes, seconds);
}
