using RlOffload.Environment;
using RlOffload.Onnx;

namespace RlOffload.Agents;

/// <summary>
/// What an agent learned, without what it learns with: decides greedily, can be saved, copied and frozen. It keeps scratch memory, so one
/// instance serves one thread. Everything that it decides by is in what it saves, prices tuned for a planner beneath it included.
/// </summary>
public interface ILearnedPolicy
{
    /// <summary>Index of the best of the agent's plans. Allocates nothing.</summary>
    /// <param name="known">What the device knows; what <paramref name="observation"/> was written from.</param>
    /// <param name="observation">The vector of <see cref="AgentView.Layout"/>.</param>
    /// <param name="mask">Of the agent's plans; at least one is allowed.</param>
    int Decide(Observation known, ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask);

    /// <summary>One that decides the same and shares nothing; may be called by several threads at once.</summary>
    ILearnedPolicy Copy();

    /// <summary>The graph that a device runs.</summary>
    /// <exception cref="InputException">It is no function that ONNX could hold; the message says what to deploy instead.</exception>
    FrozenGraph Freeze();

    void Save(BinaryWriter writer);

    /// <exception cref="InputException">What is read is of another shape; names <paramref name="file"/>.</exception>
    void Load(BinaryReader reader, string file);
}

/// <param name="Graph">Inputs observation [1, n], mask [1, A] and, where there is a prior, prior [1, A]; output logits [1, A].</param>
/// <param name="Answer">What the network itself answers, for golden vectors: observation, mask, prior (empty without), and the logits to fill.</param>
/// <param name="Prior">How the graph's input prior is filled; null where it has none.</param>
public sealed record FrozenGraph(OnnxModel Graph, FrozenGraph.Logits Answer, PlannerPrior? Prior = null)
{
    public delegate void Logits(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior, Span<float> logits);
}

/// <summary>Scores of the planner 'priced' as logits: weight * (expected reward - device price * device seconds - uplink price * uplink seconds).</summary>
/// <param name="DevicePrice">Reward a second of device.</param>
/// <param name="UplinkPrice">Reward a second of uplink.</param>
public sealed record PlannerPrior(double DevicePrice, double UplinkPrice, double Weight)
{
    /// <param name="prior">Of the view's plans; is filled. Allocates nothing.</param>
    public void Write(AgentView view, Observation known, Span<float> prior)
    {
        for (var i = 0; i < prior.Length; i++)
        {
            var expected = view.Model.Predict(view.Plans[i], known);
            prior[i] = (float)(Weight * (expected.Reward - DevicePrice * expected.DeviceSeconds - UplinkPrice * expected.UplinkSeconds));
        }
    }
}
