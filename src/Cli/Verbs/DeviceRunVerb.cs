using System.Globalization;
using System.Net;
using RlOffload.Environment;
using RlOffload.Inference;
using RlOffload.Inference.Images;
using RlOffload.Inference.Runs;
using RlOffload.Inference.Sources;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

/// <param name="Listen">ADDRESS:PORT; null: images come as from a camera.</param>
/// <param name="Images">A file of images or a folder of them.</param>
/// <param name="Requests">Null: one for each image.</param>
/// <param name="DeadlineMs">Null: the policy's median.</param>
internal sealed record DeviceSettings(
    DeviceOptions Device, string? Listen, string? Images, string? Labels, int? Requests, double Rate, double? DeadlineMs, int InFlight);

/// <summary>'rloffload run' without --link: the device as it is deployed.</summary>
internal static class DeviceRunVerb
{
    public static async Task<int> Run(DeviceSettings settings, string? json, CancellationToken cancel)
    {
        Check(settings);
        using var run = new DeviceRun(settings.Device);
        var deadline = settings.DeadlineMs / 1000 ?? run.Deadline;
        DeviceReport report;
        if (settings.Listen is { } listen)
        {
            await using var source = new HttpSource(IPEndPoint.Parse(listen), run.ImageBytes, run.InputShape, deadline, settings.InFlight);
            report = await Listen(run, source, cancel);
        }
        else
        {
            var frames = Frames(settings, run);
            var count = settings.Requests ?? frames.Count;
            var source = new CameraSource(frames, settings.Rate, deadline, count, settings.InFlight, run.Clock);
            report = await AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new RemainingTimeColumn())
                .StartAsync(context =>
                {
                    var bar = context.AddTask("requests", maxValue: count);
                    return run.Play(source, ended => bar.Value = ended, cancel, Say);
                });
            if (source.Lost > 0)
                report = report with { Warnings = [.. report.Warnings, $"{source.Lost} images were lost because {settings.InFlight} were under way"] };
        }
        Print(report);
        if (json is not null)
            WholeFile.Write(json, ReportJson.Of(report));
        return 0;
    }

    private static void Say(string swap) => Console.Error.WriteLine($"policy: {swap}");

    /// <summary>The network is opened while the server starts: on a device the first answer is waited for.</summary>
    private static async Task<DeviceReport> Listen(DeviceRun run, HttpSource source, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var playing = Task.Run(() => run.Play(source, null, stop.Token, Say), CancellationToken.None);
        try
        {
            await source.Start(cancel);
        }
        catch (InputException)
        {
            await stop.CancelAsync();
            await playing;
            throw;
        }
        Console.WriteLine($"listening on {source.Address.ToString().TrimEnd('/')}, images of {run.ImageBytes} bytes");
        return await playing;
    }

    private static void Check(DeviceSettings s)
    {
        var problems = new List<string>();
        if ((s.Listen is null) == (s.Images is null))
            problems.Add("run:--listen, --images: are both given or both missing, allowed without --link is one of them");
        if (s.Listen is not null && !IPEndPoint.TryParse(s.Listen, out _))
            problems.Add($"run:--listen: is '{s.Listen}', allowed is ADDRESS:PORT such as 127.0.0.1:8600");
        if (!(s.Rate > 0) || s.Rate > 10_000)
            problems.Add($"run:--rate: is {s.Rate}, allowed is above 0 to 10000");
        if (s.DeadlineMs is { } ms && (!(ms > 0) || ms > 60_000))
            problems.Add($"run:--deadline-ms: is {ms}, allowed is above 0 to 60000");
        if (s.InFlight is < 1 or > 1024)
            problems.Add($"run:--in-flight: is {s.InFlight}, allowed is 1 to 1024");
        if (s.Requests is < 1)
            problems.Add($"run:--requests: is {s.Requests}, allowed is 1 or more");
        if (!(s.Device.MemoryMb > 0))
            problems.Add($"run:--memory-mb: is {s.Device.MemoryMb}, allowed is above 0");
        if (!(s.Device.ProbeIdle > 0))
            problems.Add($"run:--probe-idle: is {s.Device.ProbeIdle}, allowed is above 0 (s)");
        if (!(s.Device.PingIdle >= 0.01))
            problems.Add($"run:--ping-idle: is {s.Device.PingIdle}, allowed is 0.01 or more (s)");
        if (!(s.Device.Watch >= 0.01))
            problems.Add($"run:--watch: is {s.Device.Watch}, allowed is 0.01 or more (s)");
        if (problems.Count > 0)
            throw new InputException(problems);
    }

    private static (int Count, FillImage Fill, Func<int, int?> Label) Frames(DeviceSettings settings, DeviceRun run)
    {
        if (Directory.Exists(settings.Images))
            return CameraSource.Images(new ImageFolder(settings.Images, run.ImageBytes, run.InputShape));
        var shape = run.InputShape;
        return CameraSource.Images(LabelledImages.Read(settings.Images!, settings.Labels, shape.Count == 4 ? [.. shape.Skip(1)] : shape, 0, int.MaxValue, settings.Device.Seed));
    }

    private static void Print(DeviceReport r)
    {
        static string Many(IReadOnlyDictionary<string, int> counts) => counts.Count == 0 ? "none" : string.Join(", ", counts.Select(c => $"{c.Key} {c.Value}"));
        var table = new Table().AddColumns("what", "measured").Caption(string.Create(CultureInfo.InvariantCulture, $"{r.Requests} requests in {r.Seconds:F1} s"));
        table.AddRow("outcomes", Many(r.Outcomes)).AddRow("plans", Markup.Escape(Many(r.Plans))).AddRow("not as planned because", Many(r.Reasons));
        table.AddRow("latency, ms", $"median {r.LatencyMs.Median:F2}, 95th percentile {r.LatencyMs.P95:F2}; late {r.Late}");
        if (r.Accuracy is { } right)
            table.AddRow("right in time", string.Create(CultureInfo.InvariantCulture, $"{100 * right:F1} %"));
        table.AddRow("server given up, tried again", $"{r.Breaker.Opened}, {r.Breaker.Trials}; {r.Breaker.OpenSeconds:F1} s without it");
        table.AddRow("link", r.Link is not { } link ? "not used"
            : $"{link.Rate / 1e6:F2} Mbit/s +- {100 * link.RateSpread:F0} %, {link.Age:F1} s old; round trip {link.Rtt * 1e3:F1} +- {link.RttSpread * 1e3:F1} ms; probes {r.ProbeBytes:F0} bytes");
        if (r.Swaps.Taken + r.Swaps.Refused > 0)
            table.AddRow("policies swapped, refused", $"{r.Swaps.Taken}, {r.Swaps.Refused}; {r.Swaps.Policy[..12]} decides" + (r.Swaps.LastRefusal is { } why ? Markup.Escape($"; last refused: {why}") : ""));
        AnsiConsole.Write(table);
        foreach (var warning in r.Warnings)
            Console.Error.WriteLine($"warning: {warning}");
    }
}
