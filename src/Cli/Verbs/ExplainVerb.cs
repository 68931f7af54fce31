using System.CommandLine;
using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Runs;
using RlOffload.Training;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class ExplainVerb
{
    public static Command Create()
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
            folder, observation, config, window, request, profile, plans, json,
        };
        command.SetAction(parsed =>
        {
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            var (told, played) = (parsed.GetValue(observation), parsed.GetValue(config));
            if ((told is null) == (played is null))
                throw new InputException("explain", "--observation, --config", "are both given or both missing, allowed is one of them");
            var path = parsed.GetRequiredValue(folder);
            using var policy = Open(path, parsed.GetValue(profile));
            var (explained, outcome) = told is not null ? (Of(policy, told), null) : Played(policy, played!, parsed.GetValue(window), parsed.GetValue(request));
            ExplanationTable.Print(explained, parsed.GetValue(plans));
            if (outcome is { } o)
                AnsiConsole.WriteLine(FormattableString.Invariant($"Played on, it ended as {DecisionJson.Name(o.Kind)} after {o.Latency * 1000:F1} ms, reward {o.Reward:F4}."));
            if (parsed.GetValue(json) is { } file)
                RunFolder.WriteText(file, JsonSerializer.Serialize(explained, FrozenPolicyFile.Json));
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

    /// <summary>The policy decides from the window's first request on, in the world that it was trained for, on the config's test links.</summary>
    private static (Explanation, Outcome?) Played(DeployedPolicy policy, string config, int window, int request)
    {
        if (window < 0)
            throw new InputException("explain", "--window", $"is {window}, allowed is 0 or more");
        if (request < 0 || request >= policy.Model.Scenario.Requests)
            throw new InputException("explain", "--request", $"is {request}, allowed is 0 to {policy.Model.Scenario.Requests - 1}");
        var environment = Experiment.Load(config, []).Build().Test.Environment(policy.Model);
        Explanation? explained = null;
        Outcome? outcome = null;
        for (environment.Reset(window); !environment.Truncated && outcome is null;)
        {
            if (environment.Observation.Request == request)
                explained = Explanation.Of(policy, environment.Observation, environment.Mask);
            environment.Step(policy.Decide(environment.Observation, environment.Mask));
            foreach (var delivered in environment.Delivered)
                outcome = delivered.Request == request ? delivered : outcome;
        }
        return (explained!, outcome);
    }
}
