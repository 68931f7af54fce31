using RlOffload.Environment;
using RlOffload.Inference.Policies;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Trees and tables that decide (policy.tree, policy.table), read and asked. The first byte of an input says which, the rest is the file.</summary>
internal sealed class RegionTarget : IFuzzTarget
{
    private readonly FrozenPolicy[] _policies;
    private readonly Mutator _mutator;

    public RegionTarget(string folder)
    {
        using var network = new FuzzNetwork(folder);
        var policy = new FuzzPolicy(network.Profile);
        _policies = [policy.Describe(PolicyForm.Tree), policy.Describe(PolicyForm.Table)];
        _mutator = new Mutator(InputShape.Binary, [.. _policies.Select((p, i) => (byte[])[(byte)i, .. policy.File(p.Form)])]);
    }

    public byte[] Make(ref Rng rng) => _mutator.Make(ref rng);

    public bool Read(byte[] input)
    {
        using var function = PolicyFunction.Open(input[Math.Min(1, input.Length)..], "policy", _policies[input.Length == 0 ? 0 : input[0] % 2]);
        Array.Fill(function.Mask, 1);
        foreach (var number in (ReadOnlySpan<float>)[0, -1e30f, 1e30f])
        {
            Array.Fill(function.Observation, number);
            function.Run();
            function.Best();
        }
        return true;
    }

    public void Dispose()
    {
    }
}
