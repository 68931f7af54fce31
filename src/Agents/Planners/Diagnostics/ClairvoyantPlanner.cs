using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// A diagnostic that knows the trace, one request ahead: plays every plan exactly, as if nothing more arrived, and takes the one whose own
/// reward is highest, of equals the first. Where nothing couples decisions no policy over the same plans earns more; in bursts it loses to
/// planners that think of the next request. Plans that leave when confident are played on the very image, so it knows which images are easy.
/// </summary>
public sealed class ClairvoyantPlanner : IPolicy, IForesight
{
    private readonly int[] _candidates;
    private readonly int _drop;
    private readonly Retreat _retreat;
    private OffloadEnvironment? _world, _fork;

    /// <param name="candidates">Plans to choose from; probes among them are left out, because they change nothing for their own request.</param>
    public ClairvoyantPlanner(CostModel model, IReadOnlyList<int> candidates)
    {
        _candidates = [.. candidates.Where(p => !model.Table.Plans[p].Probe).Order()];
        _drop = model.Table.Plans.IndexOf(new OffloadPlan(PlanKind.Drop, -1, -1, 0));
        _retreat = new Retreat(model.Table);
    }

    public string Name => "clairvoyant";

    public void Foresee(OffloadEnvironment world)
    {
        if (world != _world)
            (_world, _fork) = (world, world.Fork());
    }

    public void Begin(int window) { }

    /// <exception cref="InvalidOperationException">Nobody has shown it the world.</exception>
    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        _world.Known();
        var (best, most) = (-1, double.NegativeInfinity);
        foreach (var plan in _candidates)
            if (mask[plan] && OwnReward(plan, observation.Request) is var reward && reward > most)
                (best, most) = (plan, reward);
        return _retreat.Unless(best, mask);
    }

    private double OwnReward(int plan, int request)
    {
        _fork!.CopyFrom(_world!);
        for (var next = plan; ; next = _drop)
        {
            _fork.Step(next);
            foreach (ref readonly var outcome in _fork.Delivered)
                if (outcome.Request == request)
                    return outcome.Reward;
        }
    }
}
