using System.Text.Json;
using RlOffload.Cli.Verbs;
using RlOffload.Training;
using Spectre.Console;

namespace RlOffload.Cli;

/// <summary>A run that is to be verified: what it recorded is played again.</summary>
internal static class RecordedRun
{
    public static int? Verify(string folder, bool anew, string? json, CancellationToken cancel)
    {
        if (!RunFolder.IsIn(folder))
            return null;
        RunVerification report = null!;
        Stages.Bars(AnsiConsole.Console).Start(context =>
            report = RunVerification.Of(new RunFolder(folder), anew ? null : EvaluateVerb.CacheFolder, System.Environment.ProcessorCount, new Stages(context), cancel));
        foreach (var difference in report.Differences)
            AnsiConsole.MarkupLineInterpolated($"[red]differs[/] {difference}");
        foreach (var note in report.Notes)
            AnsiConsole.WriteLine(note);
        AnsiConsole.WriteLine($"{report.Policies} policies on {report.Windows} windows, {report.Compared} values compared bit for bit: {(report.Passed ? "verified" : "FAILED")}");
        if (json is not null)
            RunFolder.WriteText(json, JsonSerializer.Serialize(report, ReportStyle.Json));
        return report.Passed ? 0 : 1;
    }
}
