using RlOffload.Environment;
using RlOffload.Inference.Policies;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Graphs of policies (policy.onnx), run by the built-in executor where it knows them, and by ONNX Runtime.</summary>
internal sealed class PolicyGraphTarget : IFuzzTarget
{
    private const string Source = "policy.onnx";

    private readonly FrozenPolicy _policy;
    private readonly Mutator _mutator;

    public PolicyGraphTarget(string folder)
    {
        using var network = new FuzzNetwork(folder);
        var policy = new FuzzPolicy(network.Profile);
        _policy = policy.Describe(PolicyForm.Onnx);
        _mutator = new Mutator(InputShape.Protobuf, [policy.File(PolicyForm.Onnx), policy.EveryOperator()]);
    }

    public byte[] Make(ref Rng rng) => _mutator.Make(ref rng);

    public bool Read(byte[] input)
    {
        var accepted = Runs(input, PolicyEngine.BuiltIn);
        return Runs(input, PolicyEngine.Ort) || accepted;
    }

    public void Dispose()
    {
    }

    /// <summary>Opened, and asked once where it is the built-in executor's: what native code answers is its own affair.</summary>
    private bool Runs(byte[] graph, PolicyEngine engine)
    {
        try
        {
            using var function = PolicyFunction.Open(graph, Source, _policy, engine);
            if (engine != PolicyEngine.BuiltIn)
                return true;
            Array.Fill(function.Mask, 1);
            Array.Fill(function.Observation, 0.5f);
            function.Run();
            function.Best();
            return true;
        }
        catch (InputException)
        {
            return false;
        }
    }
}
