using System.CommandLine;
using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Inference.Policies;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class VerifyVerb
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "A folder with a frozen policy (policy.json and policy.onnx)." };
        var model = new Option<string?>("--model") { Description = "The network to compare with [default: the one that policy.json names]." };
        var profile = new Option<string?>("--profile") { Description = "The profile to compare with [default: the one that policy.json names]." };
        var json = new Option<string?>("--json") { Description = "Write the report to this file as well." };
        var command = new Command("verify", """
            Proves that a frozen policy decides as it did when it was trained: its golden vectors are replayed through
            ONNX Runtime, and its model, cuts and plan table are compared with those that are here.
            Exit code 0: it does; 1: a plan or a logit differs; 2: it must not be used with this model or profile.

            Example:
              rloffload verify checkpoints/quickstart
            """)
        {
            folder, model, profile, json,
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(folder), parsed.GetValue(model), parsed.GetValue(profile), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string folder, string? model, string? profile, string? json)
    {
        if (!Directory.Exists(folder))
            throw new InputException(folder, "DIR", "is no folder; a folder with a frozen policy is needed");
        if (!FrozenPolicyFile.IsIn(folder))
            throw new InputException(folder, FrozenPolicyFile.Description, "is not there; a folder written by 'rloffload export' can be verified");
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
            File.WriteAllBytes(json, JsonSerializer.SerializeToUtf8Bytes(report, FrozenPolicyFile.Json));
        return report.Passed ? 0 : 1;
    }
}
