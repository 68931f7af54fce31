using System.Globalization;

namespace RlOffload.Training.Reports;

/// <summary>The numbers along one side of a chart.</summary>
/// <param name="Low">At the beginning; above 0 where <paramref name="Log"/>.</param>
/// <param name="Log">Equal steps are equal ratios.</param>
internal sealed record Axis(string Title, double Low, double High, bool Log = false)
{
    /// <summary>From the least to the most of the values with a little air, or from 0.</summary>
    public static Axis Over(string title, IEnumerable<double> values, bool log = false, bool fromZero = false)
    {
        var finite = values.Where(v => double.IsFinite(v) && (!log || v > 0)).DefaultIfEmpty(1).ToArray();
        var (low, high) = (finite.Min(), finite.Max());
        if (log)
            return new Axis(title, low / 1.25, Math.Max(high, low * 1.01) * 1.25, true);
        if (fromZero)
            (low, high) = (Math.Min(0, low), Math.Max(high, 1e-9));
        var air = high > low ? 0.05 * (high - low) : Math.Max(0.5 * Math.Abs(high), 0.5);
        return new Axis(title, fromZero && low == 0 ? 0 : low - air, high + air);
    }

    /// <summary>Where a value lies, 0..1; beyond the ends it stays at the end.</summary>
    public double Share(double value) => Math.Clamp(Log
        ? Math.Log(Math.Max(value, Low) / Low) / Math.Log(High / Low)
        : (value - Low) / (High - Low), 0, 1);

    /// <summary>Round numbers within the axis, about <paramref name="about"/> of them.</summary>
    public IReadOnlyList<double> Ticks(int about)
    {
        if (Log)
        {
            var decades = Enumerable.Range((int)Math.Floor(Math.Log10(Low)), (int)Math.Ceiling(Math.Log10(High / Low)) + 2).Select(e => Math.Pow(10, e));
            var wide = Math.Log10(High / Low) > 1.5;
            return [.. decades.SelectMany(d => wide ? [d] : new[] { d, 2 * d, 5 * d }).Where(v => v >= Low && v <= High)];
        }
        var raw = (High - Low) / about;
        var size = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = size * (raw / size <= 1 ? 1 : raw / size <= 2 ? 2 : raw / size <= 5 ? 5 : 10);
        var first = Math.Ceiling(Low / step - 1e-9);
        return [.. Enumerable.Range(0, (int)Math.Floor(High / step - first + 1e-9) + 1).Select(i => (first + i) * step)];
    }

    /// <summary>About three digits: 0.05, 12, 1.5k, 20M.</summary>
    public static string Label(double value)
    {
        var (scaled, unit) = Math.Abs(value) switch
        {
            >= 1e9 => (value / 1e9, "G"),
            >= 1e6 => (value / 1e6, "M"),
            >= 1e4 => (value / 1e3, "k"),
            _ => (value, ""),
        };
        if (Math.Abs(scaled) < 1e-12)
            return "0";
        var digits = Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(scaled))), 0, 9);
        return Math.Round(scaled, digits).ToString("0.#########", CultureInfo.InvariantCulture) + unit;
    }
}
