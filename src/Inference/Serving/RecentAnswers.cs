using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Serving;

/// <summary>Where a message spends its time at the server: arriving over the link, waiting, being unpacked, in the tail, leaving.</summary>
internal enum Station : byte { Receive, Wait, Unpack, Tail, Answer }

/// <summary>s at each station.</summary>
internal readonly record struct StationTimes(double Receive, double Wait, double Unpack, double Tail, double Answer)
{
    public double this[Station station] => station switch
    {
        Station.Receive => Receive,
        Station.Wait => Wait,
        Station.Unpack => Unpack,
        Station.Tail => Tail,
        _ => Answer,
    };
}

/// <param name="Exit">Counted from 0.</param>
internal readonly record struct RecentAnswer(int Exit, int Cut, int Bits, int Bytes, StationTimes Times);

/// <summary>The last answers, as many as <see cref="Kept"/>.</summary>
internal sealed class RecentAnswers
{
    public const int Kept = 2048;

    private readonly Lock _gate = new();
    private readonly RecentAnswer[] _ring = new RecentAnswer[Kept];
    private long _count;

    public void Add(in RequestHeader header, int bytes, in StationTimes times)
    {
        lock (_gate)
            _ring[_count++ % Kept] = new RecentAnswer(header.Exit, header.Cut, header.Bits, bytes, times);
    }

    /// <summary>In no order.</summary>
    public RecentAnswer[] Copy()
    {
        lock (_gate)
            return _ring[..(int)Math.Min(_count, Kept)];
    }
}
