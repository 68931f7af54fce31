using System.CommandLine;
using System.Globalization;
using RlOffload.Environment;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Runs;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

/// <summary>rloffload log explain.</summary>
internal static class ExplainLog
{
    public static Command Create()
    {
        var file = LogVerb.LogFile();
        var policy = new Option<string>("--policy") { Description = "The frozen policy's folder: the one that decided, or one to compare it with.", Required = true };
        var request = new Option<int?>("--request") { Description = "Number of the request in its run [default: the last of the log]." };
        var run = new Option<int?>("--run") { Description = "Number of the run in the log, from 1 [default: the last]." };
        var profile = new Option<string?>("--profile") { Description = "The network's profile, where the policy's folder does not name it." };
        var plans = new Option<int>("--plans") { Description = "Show the best so many plans; 0: all.", DefaultValueFactory = _ => 12 };
        var json = new Option<string?>("--json") { Description = "Write all of it to this file as well." };
        var command = new Command("explain", """
            One decision of a log, made again: all plans side by side with the parts of their expected latency, accuracy, energy, what the policy
            thinks of them and what the cost model expects, and why the policy's choice won.

            Example:
              rloffload log explain run.log --policy checkpoints/quickstart --request 120
            """)
        {
            file, policy, request, run, profile, plans, json,
        };
        command.SetAction(parsed =>
        {
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            var log = parsed.GetRequiredValue(file);
            var decision = Find(log, LogVerb.Read(log), parsed.GetValue(run), parsed.GetValue(request));
            Explain(decision, parsed.GetRequiredValue(policy), parsed.GetValue(profile), parsed.GetValue(plans), parsed.GetValue(json));
        });
        return command;
    }

    private static LoggedDecision Find(string log, IReadOnlyList<LoggedDecision> decisions, int? run, int? request)
    {
        var session = run - 1 ?? decisions.LastOrDefault()?.Session;
        return decisions.LastOrDefault(d => d.Session == session && (request is null || d.Record.Request == request))
            ?? throw new InputException(log, request is null ? "--run" : "--request",
                $"is {request ?? run}, which the log does not hold; allowed is what 'rloffload log show {log} --last 0' lists");
    }

    private static void Explain(LoggedDecision decision, string folder, string? profile, int most, string? json)
    {
        using var policy = ExplainVerb.Open(folder, profile);
        var explained = Explanation.Of(policy, decision.Seen, policy.Model.Table.Allowed(decision.Seen.Battery > 0));
        ExplanationTable.Print(explained, most);
        var r = decision.Record;
        AnsiConsole.WriteLine(Text($"Run {decision.Session + 1}, request {r.Request} at {r.Arrival:F3} s was put under {decision.Plan}: {DecisionJson.Name(r.Outcome.Kind)} after {r.Outcome.Latency * 1000:F1} ms, reward {r.Outcome.Reward:F4}.")
            + (r.Policy is { } by && by != FrozenPolicyFile.HashOf(policy.Policy) ? $" Another policy decided, {by[..12]}."
                : decision.Plan == explained.Policy ? "" : " That is not what this policy chooses: another one decided, or the breaker or the memory forbade it."));
        if (json is not null)
            WholeFile.Write(json, ReportJson.Of(explained));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
