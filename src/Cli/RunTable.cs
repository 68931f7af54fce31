using System.Globalization;
using RlOffload.Inference.Runs;
using Spectre.Console;

namespace RlOffload.Cli;

/// <summary>Prints what a run came to.</summary>
internal static class RunTable
{
    public static void Print(RunReport r)
    {
        foreach (var warning in r.Warnings)
            AnsiConsole.MarkupLineInterpolated($"[yellow]warning[/] {warning}");
        AnsiConsole.WriteLine(Text($"{r.Requests} requests in {r.Seconds:0.0} s of the scenario's time, played {r.Speed} x as fast over {Path.GetFileName(r.Link)} (mean {r.LinkMeanMbitS} Mbit/s)"));
        AnsiConsole.WriteLine(Text($"emulated: device {r.DeviceTimeFactor} x and server {r.ServerTimeFactor} x the profile's times, predicted with the same factors; the link's pace; round trips"));

        var parts = new Table().Title("Latency of answers as planned, ms").AddColumn("part").AddColumns(
            Right("measured p50"), Right("predicted p50"), Right("measured p95"), Right("predicted p95"), Right("error p50"), Right("error p95"));
        foreach (var p in r.Parts)
            parts.AddRow(p.Part, Ms(p.Measured.Median), Ms(p.Predicted.Median), Ms(p.Measured.P95), Ms(p.Predicted.P95), Percent(p.MedianError), Percent(p.P95Error));
        AnsiConsole.Write(parts);

        var figures = new Table().AddColumn("").AddColumn(Right("measured")).AddColumn(Right("predicted"));
        if (r.Accuracy is { } accuracy)
            figures.AddRow("accuracy in time", Percent(accuracy.Measured), Percent(accuracy.Predicted));
        figures.AddRow("reward a request", Text($"{r.Reward:0.0000}"), Text($"{r.RewardPredicted:0.0000}"));
        figures.AddRow("latency in time, p50 / p95 ms", $"{Ms(r.LatencyMs.Median)} / {Ms(r.LatencyMs.P95)}", "");
        figures.AddRow("outcomes", Counts(r.Outcomes), Text($"{Percent(r.SameOutcome)} the same"));
        figures.AddRow("decision, p50 / p99 us", Text($"{r.DecisionUs.P50} / {r.DecisionUs.P99}"), "");
        figures.AddRow("energy, J", Text($"{r.EnergyJ}"), "");
        if (r.HeaderBytes is { } header)
            figures.AddRow("bytes a message beyond its numbers", Text($"{header}"), "");
        if (r.HeadTimeRatio is { } ratio)
            figures.AddRow("heads here over the profile", Text($"{ratio}"), "1");
        AnsiConsole.Write(figures);

        AnsiConsole.WriteLine($"plans: {Counts(r.Plans)}");
        AnsiConsole.WriteLine($"latency against the cost model on this link: median error {Percent(r.ModelError.Median)}, p95 {Percent(r.ModelError.P95)}");
        AnsiConsole.WriteLine($"latency against what the device expected when it decided: median error {Percent(r.ExpectedError.Median)}, p95 {Percent(r.ExpectedError.P95)}");
        if (r.Reasons.Count > 0)
            AnsiConsole.WriteLine($"not as planned: {Counts(r.Reasons)}{(r.Refusal is null ? "" : $"; the server said: {r.Refusal}")}");
        if (r.PolicyFallbacks > 0)
            AnsiConsole.WriteLine($"{r.PolicyFallbacks} decisions by the cost model because ONNX Runtime could not decide");
    }

    private static string Counts(IReadOnlyDictionary<string, int> counts) => string.Join(", ", counts.OrderByDescending(c => c.Value).Select(c => $"{c.Key} {c.Value}"));

    private static TableColumn Right(string name) => new TableColumn(name).RightAligned();

    private static string Ms(double ms) => ms.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
