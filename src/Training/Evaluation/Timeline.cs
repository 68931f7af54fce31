using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;

namespace RlOffload.Training.Evaluation;

/// <summary>One window as it went, for a picture: the link, and what each of a few policies did on it.</summary>
/// <param name="BinSeconds">Length of the bins of <paramref name="LinkMbitS"/>.</param>
/// <param name="LinkMbitS">Mean rate of the link from the window's beginning on.</param>
public sealed record Timeline(int Window, double BinSeconds, IReadOnlyList<double> LinkMbitS, IReadOnlyList<PolicyTimeline> Policies)
{
    private const int Bins = 240;

    /// <summary>Plays each policy once more on the window.</summary>
    public static Timeline Record(World world, LinkSet links, IReadOnlyList<Contestant> contestants, int window)
    {
        var environment = links.Environment(world.CostModel);
        var policies = contestants.Select(c => Record(environment, c, window)).ToArray();
        var seconds = policies.Max(p => p.Requests[^1].Seconds);
        var (link, bin) = (links.Links.At(window, world.WindowSeconds), seconds / Bins);
        return new Timeline(window, bin, [.. Enumerable.Range(0, Bins).Select(b =>
            Math.Round(link.Trace.BitsBetween(link.Offset + b * bin, link.Offset + (b + 1) * bin) / bin * world.Scenario.Uplink.RateScale / 1e6, 4))], policies);
    }

    private static PolicyTimeline Record(OffloadEnvironment environment, Contestant contestant, int window)
    {
        var policy = contestant.Create();
        using var held = policy as IDisposable;
        var requests = new RequestMark[environment.Model.Scenario.Requests];
        Rollout.Begin(environment, policy, window);
        while (!environment.Truncated)
        {
            var seen = environment.Observation;
            var (request, plan) = (seen.Request, policy.Decide(seen, environment.Mask));
            var chosen = environment.Model.Table.Plans[plan];
            requests[request] = new RequestMark(Math.Round(seen.Now, 4), chosen.ToString(), chosen.Kind, false, Math.Round(seen.DeviceBacklog, 4), Math.Round(seen.UplinkBacklogBytes));
            environment.Step(plan);
            foreach (ref readonly var outcome in environment.Delivered)
            {
                requests[outcome.Request] = requests[outcome.Request] with { InTime = outcome.InTime };
                (policy as IOutcomeSink)?.Deliver(outcome);
            }
        }
        return new PolicyTimeline(contestant.Learner ?? contestant.Name, requests);
    }
}

public sealed record PolicyTimeline(string Name, IReadOnlyList<RequestMark> Requests);

/// <param name="Seconds">Arrival, from the window's beginning.</param>
/// <param name="DeviceBacklogSeconds">Work that waited when the request arrived; <paramref name="UplinkBacklogBytes"/> likewise.</param>
public readonly record struct RequestMark(double Seconds, string Plan, PlanKind Kind, bool InTime, double DeviceBacklogSeconds, double UplinkBacklogBytes);
