using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine;

/// <summary>Adam (Kingma and Ba 2015, algorithm 1) of one network: its moments, and the step sizes of the update that comes next.</summary>
public sealed class Adam
{
    private const double Beta1 = 0.9, Beta2 = 0.999;
    private readonly double _learningRate, _epsilon;
    private readonly Parameters _mean, _square;
    private readonly Matrix _rate = Matrix.Zeros(1, 1), _correction = Matrix.Zeros(1, 1);

    public Adam(Parameters parameters, double learningRate, double epsilon)
    {
        (_learningRate, _epsilon) = (learningRate, epsilon);
        (_mean, _square) = (new Parameters(parameters), new Parameters(parameters));
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Adds a step of <paramref name="network"/> against the gradients of its weights; the network after it.</summary>
    public Network Step(Graph graph, string name, Network network, IReadOnlyList<Tensor> gradients) =>
        network.With(Step(graph, name, network.Weights, gradients));

    /// <summary>The same of parameters that are no network.</summary>
    public Tensor[] Step(Graph graph, string name, IReadOnlyList<Tensor> weights, IReadOnlyList<Tensor> gradients)
    {
        var (rate, correction) = (graph.Input($"{name}.rate", _rate), graph.Input($"{name}.correction", _correction));
        return [.. weights.Select((w, i) => graph.Adam(
            w, gradients[i], graph.Parameter($"{w.Name}.mean", _mean[i]), graph.Parameter($"{w.Name}.square", _square[i]), rate, correction, _epsilon))];
    }

    /// <summary>To be called before each run: corrects for moments that began at zero, in double.</summary>
    public void Advance()
    {
        Steps++;
        _rate.Row(0)[0] = (float)(_learningRate / (1 - Math.Pow(Beta1, Steps)));
        _correction.Row(0)[0] = (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, Steps)));
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(Steps);
        _mean.Save(writer);
        _square.Save(writer);
    }

    internal void Load(BinaryReader reader)
    {
        Steps = reader.ReadInt64();
        _mean.Load(reader);
        _square.Load(reader);
    }
}
