using System.CommandLine;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Runs;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

/// <summary>A policy played on a config's test links up to one decision, and how that request ended.</summary>
internal delegate (Explanation Explained, Outcome? Outcome) PlayedDecision(DeployedPolicy policy, string config, int window, int request);

internal static class ExplainVerb
{
    /// <param name="play">Null: this program has no configs, and explains what it is told.</param>
    public static Command Create(PlayedDecision? play)
    {
        var folder = new Argument<string>("DIR") { Description = "A frozen policy's folder." };
        var observation = new Option<string?>("--observation") { Description = "What the device knows, a JSON object with the names of 'log show --json', or a line of it; - reads standard input. What is left out is as on a fresh device." };
        var config = new Option<string?>("--config") { Description = "Play the policy on this config's test links instead, and explain one decision of it." };
        var window = new Option<int>("--window") { Description = "With --config: number of the window.", DefaultValueFactory = _ => 0 };
        var request = new Option<int>("--request") { Description = "With --config: number of the request in the window.", DefaultValueFactory = _ => 0 };
        var profile = new Option<string?>("--profile") { Description = "The network's profile, where DIR does not name it." };
        var plans = new Option<int>("--plans") { Description = "Show the best so many plans; 0: all.", DefaultValueFactory = _ => 12 };
        var json = new Option<string?>("--json") { Description = "Write all of it to this file as well." };
        var command = new Command("explain", """
            One decision of a frozen policy: all plans side by side with the parts of their expected latency, accuracy, energy, what the policy thinks of
            them and what the cost model expects, and why the policy's choice won or lost against the cost model's. For decisions that a device has made,
            see 'rloffload log explain'. Seconds, bytes and bit/s.

            Examples:
              echo '{"deadline": 0.3, "rate": 2e6, "device_backlog": 0.05}' | rloffload explain checkpoints/quickstart --observation -
              rloffload explain checkpoints/quickstart --config configs/quickstart.yaml --window 3 --request 40
            """)
        {
            folder, observation, profile, plans, json,
        };
        if (play is not null)
        {
            command.Add(config);
            command.Add(window);
            command.Add(request);
        }
        command.SetAction(parsed =>
        {
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            var (told, played) = (parsed.GetValue(observation), play is null ? null : parsed.GetValue(config));
            if ((told is null) == (played is null))
                throw play is null ? new InputException("explain", "--observation", "is missing, allowed is a JSON file or - for standard input")
                    : new InputException("explain", "--observation, --config", "are both given or both missing, allowed is one of them");
            var path = parsed.GetRequiredValue(folder);
            using var policy = Open(path, parsed.GetValue(profile));
            var (explained, outcome) = told is not null ? (Of(policy, told), null) : play!(policy, played!, parsed.GetValue(window), parsed.GetValue(request));
            ExplanationTable.Print(explained, parsed.GetValue(plans));
            if (outcome is { } o)
                AnsiConsole.WriteLine(FormattableString.Invariant($"Played on, it ended as {DecisionJson.Name(o.Kind)} after {o.Latency * 1000:F1} ms, reward {o.Reward:F4}."));
            if (parsed.GetValue(json) is { } file)
                WholeFile.Write(file, ReportJson.Of(explained));
        });
        return command;
    }

    /// <param name="profile">Null: the one that the policy names.</param>
    public static DeployedPolicy Open(string folder, string? profile)
    {
        var frozen = FrozenPolicyFile.Read(folder);
        var measured = ProfileFile.Read(profile ?? FrozenPolicyFile.Require(folder, frozen.Profile.Path, "--profile"));
        return DeployedPolicy.Open(folder, frozen, measured, w => Console.Error.WriteLine($"warning: {w}"));
    }

    private static Explanation Of(DeployedPolicy policy, string file)
    {
        byte[] json;
        try
        {
            using var memory = new MemoryStream();
            using var input = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
            input.CopyTo(memory);
            json = memory.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(file, "--observation", $"cannot be read ({e.Message.TrimEnd('.')}), allowed is a JSON file or - for standard input");
        }
        var seen = ObservationJson.Read(json, file == "-" ? "standard input" : file, policy.Model.Scenario);
        return Explanation.Of(policy, seen, policy.Model.Table.Allowed(seen.Battery > 0));
    }
}
