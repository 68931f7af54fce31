using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Inference.Emulation.Relay;

/// <summary>What happens on the way besides the trace's rate.</summary>
/// <param name="RoundTrips">Half of one is added each way; drawn anew each <see cref="LinkReplay.RttSeconds"/>.</param>
/// <param name="Loss">Probability that a packet of 1,500 bytes is lost: it comes a round trip later, and what is behind it waits, as TCP has it.</param>
/// <param name="OutagesPerMinute">Times in which nothing passes, besides those that the trace has; exponential distances.</param>
/// <param name="OutageSeconds">Mean length of one, exponential.</param>
public sealed record LinkImpairments(RttModel RoundTrips, double Loss = 0, double OutagesPerMinute = 0, double OutageSeconds = 2);

/// <param name="SentAt">Its last byte has left the sender's side, s since the replay began.</param>
/// <param name="DeliveredAt">It is at the other side.</param>
public readonly record struct Passage(double SentAt, double DeliveredAt);

/// <summary>
/// One direction of a link as a trace has it: says when bytes that are handed to it come out at the other end. Bytes pass in order, one after the other, at the
/// trace's rate. Everything that is random is drawn by seed and by place (packet number, time), so it does not depend on how the bytes were handed over. Safe for
/// several threads.
/// </summary>
public sealed class LinkReplay
{
    public const double RttSeconds = 0.1;

    private const int PacketBytes = 1500;

    /// <summary>What is handed over together: so long a piece of the trace.</summary>
    private const double SliceSeconds = 0.005;

    private readonly Lock _gate = new();
    private readonly LinkTrace _trace;
    private readonly LinkImpairments _impairments;
    private readonly ulong _seed;
    private readonly ulong _direction;
    private double _free, _delivered;
    private long _bytes;

    /// <param name="direction">0 up, 1 down: each has luck of its own.</param>
    public LinkReplay(LinkTrace trace, LinkImpairments impairments, ulong seed, int direction)
    {
        (_impairments, _seed, _direction) = (impairments, seed, (ulong)direction);
        _trace = impairments.OutagesPerMinute > 0 ? WithOutages(trace) : trace;
    }

    /// <summary>With the outages that were drawn.</summary>
    public LinkTrace Trace => _trace;

    /// <summary>Bytes handed over so far.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes;
        }
    }

    /// <summary>Bytes to hand over together: larger pieces would arrive in lumps, smaller ones cost more.</summary>
    public int Piece(double now) => (int)Math.Clamp(_trace.BitsBetween(now, now + SliceSeconds) / 8, PacketBytes, 1 << 16);

    /// <summary>Bytes are ready at the sender's side.</summary>
    /// <param name="now">s since the replay began. Bytes handed over before the link is free are sent without a gap.</param>
    public Passage Pass(double now, int bytes)
    {
        lock (_gate)
        {
            var start = Math.Max(now, _free);
            _free = start + _trace.TimeToSend(start, 8.0 * bytes);
            var rtt = RttAt(_free);
            var stall = Lost(_bytes, bytes) ? rtt : 0;
            _bytes += bytes;
            _delivered = Math.Max(_delivered, _free + rtt / 2 + stall);
            return new Passage(_free, _delivered);
        }
    }

    private double RttAt(double time)
    {
        var rng = Rng.Keyed(_seed, 0, (ulong)(time / RttSeconds), RngPurpose.Noise);
        return _impairments.RoundTrips.Draw(ref rng);
    }

    private bool Lost(long from, int bytes)
    {
        if (_impairments.Loss <= 0)
            return false;
        for (var packet = from / PacketBytes; packet <= (from + bytes - 1) / PacketBytes; packet++)
            // A packet counts where it begins, so that no piece of it is lost twice.
            if (packet * PacketBytes >= from && Rng.Keyed(_seed, 1 + _direction, (ulong)packet, RngPurpose.Noise).NextDouble() < _impairments.Loss)
                return true;
        return false;
    }

    private LinkTrace WithOutages(LinkTrace trace)
    {
        var rng = Rng.Keyed(_seed, 3, 0, RngPurpose.Noise);
        double Exponential(double mean) => -mean * Math.Log(1 - rng.NextDouble());
        List<double> starts = [], rates = [];
        void Add(double at, double rate)
        {
            starts.Add(at);
            rates.Add(rate);
        }
        var (begins, ends) = (Exponential(60 / _impairments.OutagesPerMinute), 0.0);
        ends = begins + Exponential(_impairments.OutageSeconds);
        for (var i = 0; i < trace.Segments; i++)
        {
            var (at, until, rate) = (trace.StartOf(i), trace.StartOf(i + 1), trace.RateOf(i));
            while (at < until)
            {
                while (ends <= at)
                {
                    begins = ends + Exponential(60 / _impairments.OutagesPerMinute);
                    ends = begins + Exponential(_impairments.OutageSeconds);
                }
                var quiet = at >= begins;
                Add(at, quiet ? 0 : rate);
                at = Math.Min(until, quiet ? ends : begins > at ? begins : until);
            }
        }
        return LinkTrace.FromSamples(trace.Name, [.. starts], [.. rates], trace.DurationSeconds, trace.File, trace.RoundTrips);
    }
}
