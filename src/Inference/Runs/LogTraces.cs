using System.Globalization;
using System.Text;
using RlOffload.Environment;

namespace RlOffload.Inference.Runs;

/// <summary>What training takes of a decision log: the link, round trips and arrivals of its runs, as files.</summary>
/// <param name="Links">Folder of one trace a run that sent anything, for links.train: s and Mbit/s.</param>
/// <param name="RoundTrips">File of round-trip times in ms, for rtt.file; null where no server answered.</param>
/// <param name="Arrivals">File of arrival times in s, for arrivals.file; a run follows the one before after a mean gap.</param>
/// <param name="Transfers">Behind the traces.</param>
/// <param name="DeadlineMedian">Of the requests, s.</param>
/// <param name="DeadlineSpread">The largest |log(deadline / median)|, as deadlines.spread has it.</param>
public sealed record LogTraces(
    string Links, string? RoundTrips, string Arrivals, int Sessions, int Transfers, int Requests, double MeanMbitS, double DeadlineMedian, double DeadlineSpread)
{
    /// <summary>Changes of a config, as --set takes them, that make a training learn from these files; paths are whole.</summary>
    public IReadOnlyList<string> Overrides =>
        [$"links.train=[{Links}]", .. RoundTrips is { } rtt ? [$"rtt={{file: {rtt}}}"] : Array.Empty<string>(), $"arrivals={{kind: recorded, file: {Arrivals}}}"];

    /// <summary>Transfers that were shorter tell more of timers than of the link, s.</summary>
    private const double Shortest = 0.0005;

    /// <param name="log">For messages.</param>
    /// <exception cref="InputException">The log has no transfer, or too few requests to make a recording of arrivals.</exception>
    public static LogTraces Write(string log, IReadOnlyList<LoggedDecision> decisions, string folder)
    {
        var sessions = decisions.GroupBy(d => d.Session).OrderBy(s => s.Key).Select(s => s.Select(d => d.Record).OrderBy(r => r.Arrival).ToList()).ToList();
        var transfers = sessions.Select(s => s.Where(IsTransfer).OrderBy(Begin).ToList()).ToList();
        if (!transfers.Any(t => t.Any(r => r.Outcome.BytesSent > 0)))
            throw new InputException(log, "transfers", "are none, so nothing is known of the link; allowed is a log of a run that sent something");
        if (decisions.Count < 2)
            throw new InputException(log, "decisions", $"are {decisions.Count}, allowed are two or more");
        var links = Path.Combine(folder, "links");
        Directory.CreateDirectory(links);
        foreach (var stale in Directory.GetFiles(links, "run-*.txt"))
            File.Delete(stale);
        for (var s = 0; s < transfers.Count; s++)
            if (transfers[s].Any(r => r.Outcome.BytesSent > 0))
                File.WriteAllText(Path.Combine(links, string.Create(CultureInfo.InvariantCulture, $"run-{s + 1:000}.txt")), Trace(transfers[s], sessions[s][0].Arrival));
        var arrivals = Path.Combine(folder, "arrivals.txt");
        File.WriteAllText(arrivals, Joined(sessions));
        double[] trips = [.. decisions.Select(d => d.Record.Outcome.RoundTrip).Where(t => t > 0 && double.IsFinite(t))];
        var roundTrips = Path.Combine(folder, "rtt.txt");
        if (trips.Length > 0)
            File.WriteAllText(roundTrips, string.Concat(trips.Select(t => Line($"{t * 1000:F3}\n"))));
        else
            File.Delete(roundTrips);
        double[] deadlines = [.. decisions.Select(d => d.Record.Outcome.Deadline).Order()];
        var median = deadlines[deadlines.Length / 2];
        var all = transfers.SelectMany(t => t).ToList();
        return new LogTraces(Path.GetFullPath(links), trips.Length > 0 ? Path.GetFullPath(roundTrips) : null, Path.GetFullPath(arrivals), sessions.Count, all.Count, decisions.Count,
            Math.Round(all.Sum(r => r.Outcome.BytesSent) * 8 / all.Sum(r => r.Outcome.Uplink) / 1e6, 4), Math.Round(median, 4),
            Math.Round(Math.Max(Math.Log(deadlines[^1] / median), Math.Log(median / deadlines[0])), 3));
    }

    /// <summary>Whether it held the uplink for long enough to know a rate from it, be it 0.</summary>
    internal static bool IsTransfer(FlightRecord r) => r.Outcome.Uplink >= Shortest && double.IsFinite(r.Outcome.BytesSent);

    /// <summary>bit/s.</summary>
    internal static double Rate(FlightRecord r) => r.Outcome.BytesSent * 8 / r.Outcome.Uplink;

    private static double Begin(FlightRecord r) => r.Arrival + r.Outcome.DeviceWait + r.Outcome.Device + r.Outcome.UplinkWait;

    /// <summary>A transfer's rate holds while it sends and up to the middle of the gap before the next: nothing is known of an idle link.</summary>
    private static string Trace(List<FlightRecord> transfers, double first)
    {
        var text = new StringBuilder();
        var from = 0.0;
        for (var i = 0; i < transfers.Count; i++)
        {
            text.Append(Line($"{from:F6}\t{Rate(transfers[i]) / 1e6:R}\n"));
            var end = Begin(transfers[i]) + transfers[i].Outcome.Uplink - first;
            var next = i + 1 < transfers.Count ? (end + Begin(transfers[i + 1]) - first) / 2 : end;
            // Cut off transfers leave the uplink at once, so clocks may let two seem to overlap.
            from = Math.Max(next, from + 1e-4);
        }
        return text.Append(Line($"{from:F6}\t{Rate(transfers[^1]) / 1e6:R}\n")).ToString();
    }

    private static string Joined(List<List<FlightRecord>> sessions)
    {
        var text = new StringBuilder();
        var gaps = sessions.Where(s => s.Count > 1).ToList();
        var gap = gaps.Count == 0 ? 1 : gaps.Sum(s => s[^1].Arrival - s[0].Arrival) / gaps.Sum(s => s.Count - 1);
        var shift = 0.0;
        foreach (var session in sessions)
        {
            foreach (var request in session)
                text.Append(Line($"{shift + request.Arrival - session[0].Arrival:F6}\n"));
            shift += session[^1].Arrival - session[0].Arrival + gap;
        }
        return text.ToString();
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
