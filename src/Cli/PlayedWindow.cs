using RlOffload.Environment;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Runs;
using RlOffload.Training;

namespace RlOffload.Cli;

/// <summary>A decision to explain that nobody has made yet.</summary>
internal static class PlayedWindow
{
    /// <summary>The policy decides from the window's first request on, in the world that it was trained for, on the config's test links.</summary>
    public static (Explanation, Outcome?) Play(DeployedPolicy policy, string config, int window, int request)
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
