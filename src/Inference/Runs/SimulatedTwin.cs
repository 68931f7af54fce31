using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;

namespace RlOffload.Inference.Runs;

/// <summary>
/// The window that was played for real, played again by the simulator under the same plans: what the cost model says of a link and of images that it knows.
/// The profile's images are others than those played, so each request gets one of them that goes the way that was gone through its plan.
/// </summary>
public static class SimulatedTwin
{
    /// <param name="plans">By request: its plan, and which of the plan's <see cref="CostTable.Ways"/> its image went; -1 where that is not known.</param>
    /// <returns>By request.</returns>
    public static Outcome[] Play(CostModel model, ILinks links, ulong seed, IReadOnlyList<(int Plan, int Way)> plans)
    {
        var environment = new OffloadEnvironment(model, links, seed);
        var outcomes = new Outcome[plans.Count];
        environment.Reset(0);
        foreach (var (plan, way) in plans)
        {
            ref var image = ref environment.Draw.Images[environment.Observation.Request];
            image = ImageOf(model, plan, way, image);
            // The battery may be empty here a moment before or after it was there.
            environment.Step(environment.Mask[plan] ? plan : environment.Mask.IndexOf(true));
            foreach (ref readonly var outcome in environment.Delivered)
                outcomes[outcome.Request] = outcome;
        }
        return outcomes;
    }

    /// <summary>The first image from the drawn one on that goes this way; the drawn one where the plan has no ways, or none is known to go this one.</summary>
    private static int ImageOf(CostModel model, int plan, int way, int drawn)
    {
        if (way < 0 || drawn < 0 || model.Table.Ways(plan).IsEmpty)
            return drawn;
        var images = model.Table.Images;
        for (var i = 0; i < images; i++)
            if (model.Table.WayOf(plan, (drawn + i) % images) == way)
                return (drawn + i) % images;
        return drawn;
    }
}
