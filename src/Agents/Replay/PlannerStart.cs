using RlOffload.Agents.Learning;
using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Agents.Replay;

/// <summary>
/// The planner 'priced' beneath an agent: its scores, times a weight, are added to what the network says, so that an agent whose network says nothing yet plays
/// like the planner. Its prices are tuned once, on the training links, and kept with what was learned.
/// </summary>
public sealed class PlannerStart(AgentView view, double weight)
{
    public PlannerPrior Prior { get; private set; } = new(0, 0, weight);

    /// <summary>One with the prices that earn most on the training windows; null where the weight is 0.</summary>
    /// <param name="tune">False for one whose prices will be loaded.</param>
    public static PlannerStart? Of(AgentSetup setup, double weight, bool tune)
    {
        if (weight == 0)
            return null;
        var start = new PlannerStart(setup.View, weight);
        if (tune)
        {
            var prices = PricedPlanner.Tuned(setup.Planners()).Prices;
            start.Prior = new(prices.Device, prices.Uplink, weight);
        }
        return start;
    }

    /// <param name="prior">Of the view's plans; is filled. Allocates nothing.</param>
    public void Write(Observation known, Span<float> prior) => Prior.Write(view, known, prior);

    public PlannerStart Copy() => new(view, Prior.Weight) { Prior = Prior };

    public void Save(BinaryWriter writer)
    {
        writer.Write(Prior.DevicePrice);
        writer.Write(Prior.UplinkPrice);
    }

    public void Load(BinaryReader reader, string file) => reader.Guard(file, "prior", () => Prior = new(reader.ReadDouble(), reader.ReadDouble(), Prior.Weight));
}
