using System.CommandLine;
using System.Globalization;
using System.Net;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Inference.Emulation.Relay;

namespace RlOffload.Cli.Verbs;

internal static class LinkVerb
{
    /// <summary>Of a link that is drawn from a model; then it begins again.</summary>
    private const double DrawnSeconds = 600;

    private static readonly Option<string> Trace = new("--trace") { Description = "The uplink: a trace file, or a link model (.json) to draw ten minutes from.", Required = true };
    private static readonly Option<string?> Down = new("--down") { Description = "The downlink [default: the same trace]." };
    private static readonly Option<string> Listen = new("--listen") { Description = "Where devices connect, ADDRESS:PORT; port 0 takes a free one.", Required = true };
    private static readonly Option<string> To = new("--to") { Description = "The server behind the link, ADDRESS:PORT.", Required = true };
    private static readonly Option<double?> Rtt = new("--rtt") { Description = "Round-trip time, ms [default: the trace's, else 40]." };
    private static readonly Option<double> Scale = Of("--scale", 1, "Factor on the rates.");
    private static readonly Option<double> Offset = Of("--offset", 0, "Where in the trace to begin, s.");
    private static readonly Option<double> Loss = Of("--loss", 0, "Share of packets that come a round trip late, 0 to 1.");
    private static readonly Option<double> Outages = Of("--outages", 0, "Outages a minute besides the trace's own.");
    private static readonly Option<double> OutageSeconds = Of("--outage-s", 2, "Mean length of an outage, s.");
    private static readonly Option<ulong> Seed = new("--seed") { Description = "Of round trips, losses and outages, and of a drawn link.", DefaultValueFactory = _ => 1 };

    public static Command Create()
    {
        var command = new Command("link", """
            A TCP relay that lets bytes through as a link's trace says, both ways: rate, round trip, and if wanted lost packets and
            outages. The trace begins with the first connection and starts again at its end. Ctrl-C stops it.

            Example (a device that talks to port 9000 talks to the server on 8500 over this link):
              rloffload link --trace configs/links/lte-att-uplink.json --listen 127.0.0.1:9000 --to 127.0.0.1:8500 --rtt 50
            """)
        {
            Trace, Down, Listen, To, Rtt, Scale, Offset, Loss, Outages, OutageSeconds, Seed,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancel)
    {
        List<string> problems = [];
        var (listen, to) = (EndPointOf(parsed, Listen, problems), EndPointOf(parsed, To, problems));
        void Require(Option<double> option, Func<double, bool> good, string allowed)
        {
            if (!good(parsed.GetValue(option)))
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"link:{option.Name}: is {parsed.GetValue(option)}, allowed is {allowed}"));
        }
        Require(Scale, s => s > 0 && double.IsFinite(s), "a number above 0");
        Require(Offset, s => s >= 0 && double.IsFinite(s), "0 or more");
        Require(Loss, p => p is >= 0 and <= 1, "0 to 1");
        Require(Outages, n => n is >= 0 and <= 600, "0 to 600");
        Require(OutageSeconds, s => s > 0 && double.IsFinite(s), "a number above 0");
        if (parsed.GetValue(Rtt) is { } ms && !(ms >= 0 && double.IsFinite(ms)))
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"link:--rtt: is {ms}, allowed is 0 or more"));
        if (problems.Count > 0)
            throw new InputException(problems);

        var trace = Read(parsed, parsed.GetRequiredValue(Trace));
        var down = parsed.GetValue(Down) is { } file ? Read(parsed, file) : trace;
        var rtt = parsed.GetValue(Rtt) is { } told ? RttModel.Constant(told) : trace.RoundTrips ?? RttModel.Constant(40);
        var impairments = new LinkImpairments(rtt, parsed.GetValue(Loss), parsed.GetValue(Outages), parsed.GetValue(OutageSeconds));
        var seed = parsed.GetValue(Seed);
        var (upward, downward) = (new LinkReplay(trace, impairments, seed, 0), new LinkReplay(down, impairments, seed, 1));
        await using var relay = new LinkRelay(listen!, to!, upward, downward, TimeProvider.System);
        relay.Start();
        Console.WriteLine($"{trace.Name}: {upward.Trace.MeanBitsPerSecond / 1e6:F2} Mbit/s up, {downward.Trace.MeanBitsPerSecond / 1e6:F2} Mbit/s down, round trip {rtt.MedianSeconds * 1000:F1} ms");
        Console.WriteLine($"listening on {relay.Address}");
        try
        {
            await Task.Delay(Timeout.Infinite, cancel);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C or SIGTERM: the way to stop it.
        }
        Console.WriteLine($"stopped after {relay.Connections} connections, {upward.Bytes} bytes up and {downward.Bytes} bytes down");
        return 0;
    }

    private static LinkTrace Read(ParseResult parsed, string path)
    {
        var trace = path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? LinkModel.Read(path) is var model ? model.Draw(parsed.GetValue(Seed), 0, DrawnSeconds).With(model.Rtt) : null!
            : TraceFile.Read(path).Trace;
        if (parsed.GetValue(Offset) is > 0 and var offset)
            trace = trace.Slice(offset, trace.DurationSeconds);
        var scale = parsed.GetValue(Scale);
        return scale == 1 ? trace : LinkTrace.FromSamples(
            trace.Name, [.. Enumerable.Range(0, trace.Segments).Select(trace.StartOf)], [.. Enumerable.Range(0, trace.Segments).Select(i => trace.RateOf(i) * scale)],
            trace.DurationSeconds, trace.File, trace.RoundTrips);
    }

    private static IPEndPoint? EndPointOf(ParseResult parsed, Option<string> option, List<string> problems)
    {
        var text = parsed.GetRequiredValue(option);
        // An address alone parses too, with port 0.
        if (IPEndPoint.TryParse(text, out var address) && text.Contains(':'))
            return address;
        problems.Add($"link:{option.Name}: is '{text}', allowed is ADDRESS:PORT such as 127.0.0.1:9000");
        return null;
    }

    private static Option<double> Of(string name, double otherwise, string what) => new(name) { Description = what, DefaultValueFactory = _ => otherwise };
}
