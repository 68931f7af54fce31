using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;

namespace RlOffload.Inference.Runs;

/// <summary>The window that was played for real, played again by the simulator under the same plans: what the cost model says of a link that it knows.</summary>
public static class SimulatedTwin
{
    /// <param name="plans">Plan of each request, by its number.</param>
    /// <returns>By request.</returns>
    public static Outcome[] Play(CostModel model, ILinks links, ulong seed, IReadOnlyList<int> plans)
    {
        var environment = new OffloadEnvironment(model, links, seed);
        var outcomes = new Outcome[plans.Count];
        environment.Reset(0);
        foreach (var plan in plans)
        {
            // The battery may be empty here a moment before or after it was there.
            environment.Step(environment.Mask[plan] ? plan : environment.Mask.IndexOf(true));
            foreach (ref readonly var outcome in environment.Delivered)
                outcomes[outcome.Request] = outcome;
        }
        return outcomes;
    }
}
