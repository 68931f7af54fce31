using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine;

/// <summary>A perceptron in a graph: its weights in one version, so that what is computed before and after an update can be told apart.</summary>
public sealed class Network
{
    private readonly Func<Tensor, Tensor> _activation;

    private Network(IReadOnlyList<Tensor> weights, Func<Tensor, Tensor> activation) => (Weights, _activation) = (weights, activation);

    /// <summary>Weight [in, out] and bias [1, out] of each layer in turn.</summary>
    public IReadOnlyList<Tensor> Weights { get; }

    /// <summary>The parameters of <paramref name="network"/> as the graph finds them, with ReLU between the layers unless another is given.</summary>
    public static Network Of(Graph graph, string name, Mlp network, Func<Tensor, Tensor>? activation = null) =>
        new([.. network.Parameters.Names.Select((part, i) => graph.Parameter($"{name}.{part}", network.Parameters[i]))], activation ?? (x => x.Relu()));

    /// <summary>The same network with other weights: its new version after a step.</summary>
    public Network With(IReadOnlyList<Tensor> weights) => new(weights, _activation);

    /// <summary>[b, in] to [b, out]</summary>
    public Tensor Forward(Tensor x) => Hidden(x).MatMul(Weights[^2]) + Weights[^1];

    /// <summary>Of each row only the output that <paramref name="index"/> [b, 1] names: [b, 1]. The last layer then costs a row of its weights, not all.</summary>
    public Tensor ForwardAt(Tensor x, Tensor index) => (Hidden(x) * Weights[^2].PickColumns(index)).SumColumns() + Weights[^1].PickColumns(index);

    private Tensor Hidden(Tensor x)
    {
        for (var i = 0; i + 2 < Weights.Count; i += 2)
            x = _activation(x.MatMul(Weights[i]) + Weights[i + 1]);
        return x;
    }
}
