using System.CommandLine;
using RlOffload.Environment;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Runs;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

/// <summary>Verifies a folder that holds a run; null where it holds none.</summary>
internal delegate int? VerifiedRun(string folder, bool anew, string? json, CancellationToken cancel);

internal static class VerifyVerb
{
    /// <param name="verify">Null: this program has no runs, only frozen policies.</param>
    public static Command Create(VerifiedRun? verify)
    {
        var folder = new Argument<string>("DIR") { Description = "A folder with a frozen policy (policy.json and policy.onnx), or the folder of a run." };
        var model = new Option<string?>("--model") { Description = "The network to compare with [default: the one that policy.json names]." };
        var profile = new Option<string?>("--profile") { Description = "The profile to compare with [default: the one that policy.json names]." };
        var json = new Option<string?>("--json") { Description = "Write the report to this file as well." };
        var noCache = new Option<bool>("--no-cache") { Description = "Of a run: tune planners and search the oracle anew as well." };
        var command = new Command("verify", """
            Proves that a frozen policy decides as it did when it was trained: its golden vectors are replayed through
            ONNX Runtime, and its model, cuts and plan table are compared with those that are here.
            Proves of a run that its recorded evaluation is what its checkpoint does: everything is played again, as its config and manifest
            say, and compared bit for bit (but for the time of a decision, which is measured).
            Exit code 0: it does; 1: a plan, a logit or a result differs; 2: it must not be used with this model or profile.

            Examples:
              rloffload verify checkpoints/quickstart
              rloffload verify runs/quickstart-seed1
            """)
        {
            folder, model, profile, json,
        };
        if (verify is not null)
            command.Add(noCache);
        command.SetAction(async (parsed, cancel) =>
        {
            await Task.Yield();
            var dir = parsed.GetRequiredValue(folder);
            if (!FrozenPolicyFile.IsIn(dir) && verify?.Invoke(dir, parsed.GetValue(noCache), parsed.GetValue(json), cancel) is { } verified)
                return verified;
            return Run(dir, parsed.GetValue(model), parsed.GetValue(profile), parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(string folder, string? model, string? profile, string? json)
    {
        if (!Directory.Exists(folder))
            throw new InputException(folder, "DIR", "is no folder; a folder with a frozen policy or a run is needed");
        if (!FrozenPolicyFile.IsIn(folder))
            throw new InputException(folder, FrozenPolicyFile.Description, "is not there; a folder written by 'rloffload export' or 'rloffload train' can be verified");
        var report = PolicyVerification.Run(folder, model, profile);
        foreach (var warning in report.Warnings)
            AnsiConsole.MarkupLineInterpolated($"[yellow]warning[/] {warning}");
        foreach (var failure in report.Failures)
            AnsiConsole.MarkupLineInterpolated($"[red]failed[/] {failure}");
        foreach (var note in report.Notes)
            AnsiConsole.WriteLine(note);
        AnsiConsole.WriteLine(FormattableString.Invariant(
            $"{report.Vectors} golden vectors, largest relative difference of a logit {report.WorstError:0.0e+0}: {(report.Passed ? "verified" : "FAILED")}"));
        if (json is not null)
            WholeFile.Write(json, ReportJson.Of(report));
        return report.Passed ? 0 : 1;
    }
}
