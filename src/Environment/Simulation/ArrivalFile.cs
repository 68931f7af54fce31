using System.Globalization;

namespace RlOffload.Environment.Simulation;

/// <summary>When requests arrived: one time in s a line, none before the one above it; empty lines and those that begin with # are left out.</summary>
public static class ArrivalFile
{
    /// <summary>Largest time of either sign: seconds since 1970 fit, and microseconds between such times are still told apart.</summary>
    public const double Latest = 1e10;

    /// <returns>s since the first arrival; two or more, the last above 0.</returns>
    /// <exception cref="InputException">The file cannot be read, or is no such list.</exception>
    public static IReadOnlyList<double> Read(string path)
    {
        var times = new List<double>();
        var number = 0;
        try
        {
            foreach (var line in File.ReadLines(path))
            {
                number++;
                if (line.Trim() is not { Length: > 0 } text || text[0] == '#')
                    continue;
                if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var time) || !(Math.Abs(time) <= Latest))
                    throw Wrong(path, number, $"is '{(text.Length > 40 ? text[..40] : text)}', allowed is one arrival time in s, of at most {Latest:0}");
                if (times.Count > 0 && time < times[^1])
                    throw Wrong(path, number, $"is {text} after {times[^1]}, allowed is a time that does not fall");
                times.Add(time);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "file", $"cannot be read ({e.Message}); allowed is a list of arrival times in s");
        }
        if (times.Count < 2 || times[^1] <= times[0])
            throw new InputException(path, "file", $"holds {times.Count} arrival times, allowed are two or more that are not all the same");
        return [.. times.Select(t => t - times[0])];
    }

    /// <summary>s between two arrivals.</summary>
    public static double MeanGap(IReadOnlyList<double> times) => (times[^1] - times[0]) / (times.Count - 1);

    private static InputException Wrong(string path, int line, FormattableString what) =>
        new(path, line.ToString(CultureInfo.InvariantCulture), what.ToString(CultureInfo.InvariantCulture));
}
