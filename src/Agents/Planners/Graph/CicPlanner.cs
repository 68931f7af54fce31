using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// CIC (Yang et al., IJCNN 2022): DADS' cuts on a graph that was made smaller beforehand, see <see cref="GraphReduction"/>, so that a decision takes a fraction of the time. It
/// decides as <see cref="DadsPlanner"/> does, by proof and by test: where the server is so loaded, or weighs so much in a heavy search, that the small graph is not
/// known to hold the smallest cut, the whole graph is cut.
/// </summary>
public sealed class CicPlanner : IPolicy
{
    private readonly PartitionSearch _search;
    private readonly GraphDecision _decision;

    /// <param name="bits">Width of the numbers sent; 32 as DADS.</param>
    public CicPlanner(CostModel model, int bits = 32, string name = "cic")
    {
        Name = name;
        var profile = new ProfileGraph(model, bits);
        Layers = profile.Graph.Layers.Count;
        Reduction = GraphReduction.Of(profile.Graph, Math.Max(1, model.Scenario.Server.Loads?.Max() ?? 1));
        var layers = Enumerable.Range(0, Layers).ToArray();
        _search = new PartitionSearch(new GraphCut(profile.Graph), new CutPlans(profile.Prefixes, layers),
            new GraphCut(Reduction.Graph), new CutPlans(profile.Prefixes, Reduction.Last), Reduction.Ratio);
        _decision = new GraphDecision(model.Table, bits);
    }

    public string Name { get; }

    /// <summary>Layers of the whole graph; those left are <see cref="Reduction"/>'s.</summary>
    public int Layers { get; }

    public GraphReduction Reduction { get; }

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask) => _decision.Decide(_search, observation, mask);
}
