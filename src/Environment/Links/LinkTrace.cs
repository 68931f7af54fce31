using RlOffload.Environment.Simulation;

namespace RlOffload.Environment.Links;

/// <summary>
/// Capacity of a link over time: piecewise constant, in bit/s, with its integral kept as prefix sums so that transfers are
/// answered without stepping through time. After <see cref="DurationSeconds"/> the trace starts again. Immutable, shared by threads;
/// no query allocates.
/// </summary>
public sealed class LinkTrace
{
    private readonly double[] _start;   // s; n segments, then the duration
    private readonly double[] _rate;    // bit/s, one a segment
    private readonly double[] _bits;    // integral of the rate from 0 to _start[i]; behind the last one NaN
    private readonly double _total;     // that last one
    private readonly int[] _bucket;     // first segment that reaches into each of n equal parts of the duration
    private readonly double _bucketsPerSecond;

    private LinkTrace(string name, string? file, RttModel? roundTrips, double[] start, double[] rate)
    {
        Name = name;
        File = file;
        RoundTrips = roundTrips;
        _start = start;
        _rate = rate;
        DurationSeconds = start[^1];
        _bits = Eight.Filled(new double[start.Length]);
        for (var i = 0; i < rate.Length; i++)
            _bits[i + 1] = _bits[i] + rate[i] * (start[i + 1] - start[i]);
        _total = _bits[rate.Length];
        _bucket = new int[rate.Length + 1];
        _bucketsPerSecond = rate.Length / DurationSeconds;
        for (int b = 0, s = 0; b <= rate.Length; b++)
        {
            while (s < rate.Length - 1 && Bucket(_start[s + 1]) < b)
                s++;
            _bucket[b] = s;
        }
        MeanBitsPerSecond = _total / DurationSeconds;
    }

    public string Name { get; }

    /// <summary>The file that the trace was read from; null when it was drawn or made in memory.</summary>
    public string? File { get; }

    /// <summary>Round-trip times measured with, or fitted for, this link; null when nothing is known of them.</summary>
    public RttModel? RoundTrips { get; }

    public double DurationSeconds { get; }

    public double MeanBitsPerSecond { get; }

    public int Segments => _rate.Length;

    /// <summary>Start of segment <paramref name="i"/> in s; that of segment <see cref="Segments"/> is the duration.</summary>
    public double StartOf(int i) => _start[i];

    /// <summary>Rate of segment <paramref name="i"/> in bit/s.</summary>
    public double RateOf(int i) => _rate[i];

    /// <summary>
    /// A trace whose rate is <paramref name="bitsPerSecond"/>[i] from <paramref name="startSeconds"/>[i] until the next start, the last one
    /// until <paramref name="durationSeconds"/>. The first start is 0.
    /// </summary>
    /// <exception cref="InputException">Starts do not rise from 0 to the duration, a rate is negative or not finite, or all rates are 0.</exception>
    public static LinkTrace FromSamples(string name, ReadOnlySpan<double> startSeconds, ReadOnlySpan<double> bitsPerSecond, double durationSeconds,
        string? file = null, RttModel? roundTrips = null)
    {
        var where = file ?? name;
        if (startSeconds.Length != bitsPerSecond.Length)
            throw new InputException(where, "samples", $"has {startSeconds.Length} times and {bitsPerSecond.Length} rates, allowed is one rate a time");
        if (startSeconds.Length == 0)
            throw new InputException(where, "samples", "is empty, at least one sample is needed");
        if (startSeconds[0] != 0)
            throw new InputException(where, "sample 0", $"starts at {startSeconds[0]} s, allowed is 0");
        var any = false;
        for (var i = 0; i < startSeconds.Length; i++)
        {
            var end = i + 1 < startSeconds.Length ? startSeconds[i + 1] : durationSeconds;
            if (!(end > startSeconds[i]) || !double.IsFinite(end))
                throw new InputException(where, $"sample {i}", $"starts at {startSeconds[i]} s and ends at {end} s, allowed is a finite time that rises");
            if (!(bitsPerSecond[i] >= 0) || !double.IsFinite(bitsPerSecond[i]))
                throw new InputException(where, $"sample {i}", $"has rate {bitsPerSecond[i]} bit/s, allowed is a finite rate of 0 or more");
            any |= bitsPerSecond[i] > 0;
        }
        if (!any)
            throw new InputException(where, "rate", "is 0 throughout, allowed is a trace over which something can be sent");
        double[] start = [.. startSeconds, durationSeconds];
        return new LinkTrace(name, file, roundTrips, start, bitsPerSecond.ToArray());
    }

    /// <summary>The same capacity with other round-trip times.</summary>
    public LinkTrace With(RttModel? roundTrips) => new(Name, File, roundTrips, _start, _rate);

    /// <summary>The same course with every duration times <paramref name="tempo"/> and rates r as usual (r / usual)^power; what carried nothing still does not.</summary>
    /// <param name="usual">The rate that stays as it is, bit/s.</param>
    public LinkTrace Reshaped(double tempo, double usual, double power) =>
        new(Name, File, RoundTrips, [.. _start.Select(t => t * tempo)], [.. _rate.Select(r => r > 0 ? usual * Math.Pow(r / usual, power) : 0)]);

    /// <summary>The part from <paramref name="offset"/> on, <paramref name="seconds"/> long, as a trace of its own; it wraps like the whole.</summary>
    /// <exception cref="InputException">Nothing can be sent in that part.</exception>
    public LinkTrace Slice(double offset, double seconds)
    {
        if (!(seconds > 0) || !double.IsFinite(seconds))
            throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "a slice needs a finite length above 0");
        List<double> starts = [], rates = [];
        var (phase, _) = Phase(offset);
        var segment = SegmentAt(phase);
        for (var t = 0.0; t < seconds;)
        {
            starts.Add(t);
            rates.Add(_rate[segment]);
            var next = t + (_start[segment + 1] - phase);
            segment = (segment + 1) % _rate.Length;
            phase = _start[segment];
            if (next <= t)
            {
                // A sliver narrower than the spacing of doubles here; it carries nothing.
                starts.RemoveAt(starts.Count - 1);
                rates.RemoveAt(rates.Count - 1);
            }
            t = next;
        }
        return FromSamples(Name, [.. starts], [.. rates], seconds, File, RoundTrips);
    }

    /// <summary>Rate in bit/s at <paramref name="t"/> s; any t is allowed and taken modulo the duration.</summary>
    public double RateAt(double t) => _rate[SegmentAt(Phase(t).Phase)];

    /// <summary>Bits that the link can carry from <paramref name="t0"/> to <paramref name="t1"/> (in s, t0 &lt;= t1).</summary>
    public double BitsBetween(double t0, double t1)
    {
        if (!(t1 > t0))
            return 0;
        var (p0, c0) = Phase(t0);
        var (p1, c1) = Phase(t1);
        var s0 = SegmentAt(p0);
        var s1 = SegmentAt(p1);
        if (c0 == c1 && s0 == s1)
            return _rate[s0] * (t1 - t0);
        return (c1 - c0) * _total + (_bits[s1] - _bits[s0]) + _rate[s1] * (p1 - _start[s1]) - _rate[s0] * (p0 - _start[s0]);
    }

    /// <summary>
    /// Seconds after <paramref name="start"/> until the link has carried <paramref name="bits"/>: the inverse of <see cref="BitsBetween"/>.
    /// Always finite, because a trace carries something each time round.
    /// </summary>
    public double TimeToSend(double start, double bits)
    {
        if (!(bits >= 0) || !double.IsFinite(bits))
            throw new ArgumentOutOfRangeException(nameof(bits), bits, "bits must be finite and 0 or more");
        if (bits == 0)
            return 0;
        var (phase, _) = Phase(start);
        var s = SegmentAt(phase);
        var here = _rate[s] * (_start[s + 1] - phase);
        if (bits <= here)
            return bits / _rate[s];
        var left = bits - here;             // to carry from the start of the next segment on
        var elapsed = _start[s + 1] - phase;
        var toEnd = _total - _bits[s + 1];
        if (left > toEnd)
        {
            left -= toEnd;
            elapsed += DurationSeconds - _start[s + 1];
            var rounds = Math.Max(0, Math.Ceiling(left / _total) - 1);
            left -= rounds * _total;
            elapsed += rounds * DurationSeconds;
            s = -1;
        }
        var target = _bits[s + 1] + left;
        var end = Reaches(s + 1, target);
        // Not below 0, nor past the segment, when the prefix sums round.
        var inside = Math.Clamp((target - _bits[end]) / _rate[end], 0, _start[end + 1] - _start[end]);
        return elapsed + (_start[end] - _start[s + 1]) + inside;
    }

    /// <summary>The first segment from <paramref name="from"/> on at whose end the prefix sum reaches <paramref name="target"/>: eight at once, then doubling steps, then halving.</summary>
    private int Reaches(int from, double target)
    {
        var last = _rate.Length - 1;
        var below = Eight.Below(ref _bits[from + 1], target);
        var low = Math.Min(from + below, last);
        if (below == Eight.Count)
            low = ReachesAfter(low, target);
        // Rounding alone can stop on a segment that carries nothing; what is left goes out in the next one that does.
        while (_rate[low] == 0)
            low++;
        return low;
    }

    private int ReachesAfter(int low, double target)
    {
        var last = _rate.Length - 1;
        var step = 1;
        while (low + step <= last && _bits[low + step] < target)
        {
            low += step;
            step *= 2;
        }
        var high = Math.Min(low + step - 1, last);
        while (low < high)
        {
            var mid = (low + high) >> 1;
            if (_bits[mid + 1] < target)
                low = mid + 1;
            else
                high = mid;
        }
        return low;
    }

    private (double Phase, double Round) Phase(double t)
    {
        if (t >= 0 && t < DurationSeconds)
            return (t, 0);
        var round = Math.Floor(t / DurationSeconds);
        var phase = t - round * DurationSeconds;
        if (phase < 0)
            return (phase + DurationSeconds, round - 1);
        return phase >= DurationSeconds ? (phase - DurationSeconds, round + 1) : (phase, round);
    }

    private int Bucket(double t) => Math.Min((int)(t * _bucketsPerSecond), _rate.Length - 1);

    private int SegmentAt(double phase)
    {
        var b = Bucket(phase);
        int low = _bucket[b], high = _bucket[b + 1];
        while (low < high)
        {
            var mid = (low + high + 1) >> 1;
            if (_start[mid] <= phase)
                low = mid;
            else
                high = mid - 1;
        }
        return low;
    }
}
