using System.Globalization;

namespace RlOffload.Environment.Links;

/// <summary>
/// Collects (time, rate) samples of one file and makes a trace of them: refuses what cannot be, averages equal times, shifts the first
/// time to 0. A rate holds until the next sample; the last one as long as the median spacing.
/// </summary>
internal sealed class TraceSamples(string path)
{
    public const double ClockSlackSeconds = 2;
    private const double LargestSeconds = 1e11;
    private const double LargestBitsPerSecond = 1e13;
    private const int MostProblems = 10;
    private const double LongOutageSeconds = 30;

    private readonly List<(double Time, double Rate)> _samples = [];
    private readonly List<string> _problems = [];
    private double _latest = double.NegativeInfinity;
    private double _worstStep;
    private int _steppedBack, _firstStepLine, _missing;

    /// <summary>Times come from a wall clock, which may be set back by up to <see cref="ClockSlackSeconds"/>; otherwise they must not fall.</summary>
    public bool Clock { get; set; }

    /// <summary>Takes one sample; <paramref name="text"/> is the rate as written, for the error.</summary>
    public void Add(int line, double seconds, double bitsPerSecond, string text)
    {
        if (!double.IsFinite(seconds) || Math.Abs(seconds) > LargestSeconds)
        {
            Problem(line, $"time is {Show(seconds)}, allowed is a finite number of seconds up to {LargestSeconds:0e+0} (is it in ms?)");
            return;
        }
        if (!(bitsPerSecond >= 0 && bitsPerSecond <= LargestBitsPerSecond))
        {
            Problem(line, $"rate is {text}, allowed is a finite rate of 0 or more (at most {LargestBitsPerSecond:0e+0} bit/s)");
            return;
        }
        if (seconds < _latest)
        {
            var back = _latest - seconds;
            if (!Clock || back > ClockSlackSeconds)
            {
                Problem(line, $"time is {Show(seconds)} s after {Show(_latest)} s, allowed is "
                    + (Clock ? $"a clock that steps back by {ClockSlackSeconds} s at most" : "time that does not go backwards"));
                return;
            }
            if (_steppedBack++ == 0)
                _firstStepLine = line;
            _worstStep = Math.Max(_worstStep, back);
        }
        _latest = Math.Max(_latest, seconds);
        _samples.Add((seconds, bitsPerSecond));
    }

    /// <summary>A line whose time or rate is missing.</summary>
    public void Missing() => _missing++;

    public void Problem(int line, string problem)
    {
        _problems.Add($"{path}:{line}: {problem}");
        if (_problems.Count == MostProblems)
            throw new InputException([.. _problems, $"{path}: stopped after {MostProblems} problems"]);
    }

    /// <param name="name">Name of the trace.</param>
    /// <param name="format">Format that was read.</param>
    /// <param name="choice">The same for people.</param>
    /// <param name="lastSeconds">How long the last rate holds; null for the median spacing, which needs two times.</param>
    public TraceReading Finish(string name, TraceFormat format, string choice, double? lastSeconds = null)
    {
        if (_problems.Count > 0)
            throw new InputException(_problems);
        if (_samples.Count == 0)
            throw new InputException(path, "samples", $"there is no rate in it{(_missing > 0 ? $" ({_missing} lines without a value)" : "")}, allowed are two samples or more");
        var warnings = new List<string>();
        var (starts, rates) = Merge(warnings, out var averaged);
        if (starts.Length < 2 && lastSeconds is null)
            throw new InputException(path, "samples", $"all samples are at {Show(starts[0])} s, allowed are two times or more");
        var spacing = lastSeconds ?? MedianSpacing(starts);
        for (var i = starts.Length - 1; i >= 0; i--)
            starts[i] -= starts[0];
        Gaps(starts, spacing, warnings);
        var trace = LinkTrace.FromSamples(name, starts, rates, starts[^1] + spacing, path);
        Outage(trace, warnings);
        return new TraceReading(trace, format, choice, _samples.Count, averaged, _missing, warnings);
    }

    /// <summary>Samples in order of time, those of equal time as their mean.</summary>
    private (double[] Starts, double[] Rates) Merge(List<string> warnings, out int averaged)
    {
        if (_steppedBack > 0)
        {
            warnings.Add($"the clock steps back {_steppedBack} times, by {_worstStep:0.###} s at most (first in line {_firstStepLine}); merged by time");
            _samples.Sort((a, b) => a.Time.CompareTo(b.Time));
        }
        List<double> starts = new(_samples.Count), rates = new(_samples.Count);
        averaged = 0;
        for (int i = 0, j; i < _samples.Count; i = j)
        {
            var sum = 0.0;
            for (j = i; j < _samples.Count && _samples[j].Time == _samples[i].Time; j++)
                sum += _samples[j].Rate;
            averaged += j - i - 1;
            starts.Add(_samples[i].Time);
            rates.Add(sum / (j - i));
        }
        return ([.. starts], [.. rates]);
    }

    private static double MedianSpacing(double[] starts)
    {
        var spacings = new double[starts.Length - 1];
        for (var i = 0; i < spacings.Length; i++)
            spacings[i] = starts[i + 1] - starts[i];
        Array.Sort(spacings);
        return spacings[spacings.Length / 2];
    }

    private static void Gaps(double[] starts, double spacing, List<string> warnings)
    {
        double longest = 0, at = 0;
        for (var i = 1; i < starts.Length; i++)
            if (starts[i] - starts[i - 1] > longest)
                (longest, at) = (starts[i] - starts[i - 1], starts[i - 1]);
        if (longest > 10 * spacing && longest > 5)
            warnings.Add($"no sample for {longest:0.#} s from {at:0.#} s on (usual is {spacing:0.###} s); the rate before holds");
    }

    private static void Outage(LinkTrace trace, List<string> warnings)
    {
        double longest = 0, at = 0, from = 0;
        for (var i = 0; i < trace.Segments; i++)
            if (trace.RateOf(i) > 0)
                from = trace.StartOf(i + 1);
            else if (trace.StartOf(i + 1) - from > longest)
                (longest, at) = (trace.StartOf(i + 1) - from, from);
        if (longest >= LongOutageSeconds)
            warnings.Add($"rate is 0 for {longest:0.#} s from {at:0.#} s on");
    }

    private static string Show(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
