using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// DADS (Hu et al., INFOCOM 2019): cuts the network's graph, up to the deepest exit, between device and server. The partition of least latency (DSL) as long as its slowest
/// stage keeps up with the arrivals, max(T_e, T_t, T_c) &lt; 1/Q, else that of least slowest stage (DSH); where that does not keep up either, the paper asks for fewer
/// requests, which nobody here can grant. Q is the arrival rate of the last few requests: the paper's camera has a fixed one. Times are measured, as slow as both
/// machines are now; exits, deadlines and queues are unknown to it. A partition is played as <see cref="CutPlans"/> says; where the mask forbids that, as the
/// allowed split of least latency.
/// </summary>
public sealed class DadsPlanner : IPolicy
{
    private readonly PartitionSearch _search;
    private readonly GraphDecision _decision;

    /// <param name="bits">Width of the numbers sent; the published system sends 32.</param>
    public DadsPlanner(CostModel model, int bits = 32, string name = "dads")
    {
        Name = name;
        var profile = new ProfileGraph(model, bits);
        var layers = Enumerable.Range(0, profile.Graph.Layers.Count).ToArray();
        _search = new PartitionSearch(new GraphCut(profile.Graph), new CutPlans(profile.Prefixes, layers));
        _decision = new GraphDecision(model.Table, bits);
    }

    public string Name { get; }

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask) => _decision.Decide(_search, observation, mask);
}
