using RlOffload.Environment;
using RlOffload.Inference.Policies.BuiltIn;
using RlOffload.Onnx;

namespace RlOffload.Inference.Policies;

/// <summary>What runs a policy's graph.</summary>
public enum PolicyEngine : byte
{
    /// <summary>The built-in executor where it knows all operators and replays the policy's golden vectors, else ONNX Runtime.</summary>
    Auto,

    /// <summary>ONNX Runtime.</summary>
    Ort,

    /// <summary>This project's own executor, forward only: the operators that agents are exported with, on one thread, without native code.</summary>
    BuiltIn,
}

/// <summary>policy.onnx without ONNX Runtime: the same inputs and logits as <see cref="PolicySession"/> to rounding, in managed vectors. Running it allocates nothing. Not safe for several threads at once.</summary>
public sealed class BuiltInPolicy : IPolicyFunction
{
    private readonly Step[] _steps;
    private readonly List<(float[] From, Value To)> _inputs = [];
    private readonly Value _output;

    /// <param name="source">For messages: where the graph comes from.</param>
    /// <exception cref="InputException">The graph is none, has an operator that is not known here, or its inputs and outputs are not those of the policy.</exception>
    public BuiltInPolicy(byte[] graph, string source, FrozenPolicy policy)
    {
        (Observation, Mask, Logits) = (new float[policy.Observation.Count], new float[policy.Plans.Count], new float[policy.Plans.Count]);
        Prior = policy.Prior is null ? [] : new float[policy.Plans.Count];
        var inputs = new Dictionary<string, float[]> { ["observation"] = Observation, ["mask"] = Mask };
        if (policy.Prior is not null)
            inputs["prior"] = Prior;
        OnnxModel model;
        try
        {
            model = OnnxModel.Parse(graph, source);
        }
        catch (InvalidDataException e)
        {
            throw new InputException([e.Message]);
        }
        var reader = new GraphReader(model, source, inputs.ToDictionary(i => i.Key, i => i.Value.Length), "logits", Logits.Length);
        (_steps, _output) = ([.. reader.Steps], reader.Output);
        foreach (var (name, memory) in inputs)
            _inputs.Add((memory, reader.Input(name)));
    }

    public float[] Observation { get; }
    public float[] Mask { get; }
    public float[] Prior { get; }
    public float[] Logits { get; }

    public void Run()
    {
        foreach (var (from, to) in _inputs)
            from.CopyTo(to.Data, 0);
        foreach (var step in _steps)
            step.Run();
        _output.Data.AsSpan(0, Logits.Length).CopyTo(Logits);
    }

    public void Dispose() { }
}
