using RlOffload.Environment.Plans;

namespace RlOffload.Environment;

/// <summary>Plays an environment with random plans and reports whatever breaks its contract; empty means sound.</summary>
public static class EnvironmentChecker
{
    public static IReadOnlyList<string> Check(OffloadEnvironment environment, int windows = 3, ulong seed = 1)
    {
        var problems = new List<string>();
        var layout = new ObservationLayout(environment.Model);
        if (layout.Fields.Count != layout.Size)
            problems.Add($"the layout names {layout.Fields.Count} fields and writes {layout.Size}");
        for (var window = 0; window < windows; window++)
        {
            var first = Play(environment, layout, window, seed, problems);
            var again = Play(environment, layout, window, seed, problems);
            if (first != again)
                problems.Add($"window {window}: the same plans gave {first} and then {again}; a window must not depend on what was played before");
        }
        return problems.Distinct().ToList();
    }

    private static (double Reward, double Energy, double Sum) Play(
        OffloadEnvironment environment, ObservationLayout layout, int window, ulong seed, List<string> problems)
    {
        var rng = Rng.Keyed(seed, (ulong)window, 0, RngPurpose.Policy);
        var vector = new float[layout.Size];
        var known = new bool[environment.Model.Scenario.Requests];
        double rewards = 0, sum = 0;
        var result = default(StepResult);
        environment.Reset(window);
        for (var request = 0; !environment.Truncated; request++)
        {
            if (environment.Observation.Request != request)
                problems.Add($"window {window}: request {environment.Observation.Request} came where {request} was due");
            layout.Write(environment.Observation, vector);
            foreach (var x in vector)
            {
                sum += x;
                if (!float.IsFinite(x))
                    problems.Add($"window {window}, request {request}: the observation holds {x}");
            }
            if (!environment.Mask.Contains(true))
                problems.Add($"window {window}, request {request}: no plan can run; drop must always be allowed");
            int plan;
            do
                plan = rng.NextInt(environment.Actions);
            while (!environment.Mask[plan]);
            result = environment.Step(plan);
            foreach (var outcome in environment.Delivered)
            {
                if (known[outcome.Request])
                    problems.Add($"window {window}: request {outcome.Request} was answered twice");
                known[outcome.Request] = true;
                rewards += outcome.Reward;
                if (outcome.Latency < 0 || outcome.Latency > outcome.Deadline + 1e-6 || outcome.Energy < 0)
                    problems.Add($"window {window}: request {outcome.Request} took {outcome.Latency} s of {outcome.Deadline} and {outcome.Energy} J");
            }
        }
        if (!result.Truncated)
            problems.Add($"window {window}: ended without being truncated");
        if (known.Contains(false))
            problems.Add($"window {window}: request {Array.IndexOf(known, false)} never got an outcome, though the window was drained");
        if (Math.Abs(rewards - environment.TotalReward) > 1e-6)
            problems.Add($"window {window}: outcomes add up to {rewards}, the total says {environment.TotalReward}");
        return (environment.TotalReward, environment.TotalEnergy, sum);
    }
}
