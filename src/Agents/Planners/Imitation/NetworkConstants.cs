using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Planners;

/// <summary>Weights as constants, so that what was trained once is kept where tuned constants are.</summary>
internal static class NetworkConstants
{
    public static int Count(this IEnumerable<Mlp> networks) => networks.Sum(n => n.Parameters.Count);

    public static double[] Weights(this IEnumerable<Mlp> networks) => [.. networks.SelectMany(n => n.Parameters.ToDense()).Select(w => (double)w)];

    public static void Load(this IEnumerable<Mlp> networks, ReadOnlySpan<double> weights)
    {
        foreach (var network in networks)
        {
            network.Parameters.FromDense(weights);
            weights = weights[network.Parameters.Count..];
        }
    }
}
