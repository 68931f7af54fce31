using RlOffload.Environment;
using RlOffload.Inference.Policies;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Descriptions of frozen policies (policy.json) in folders that hold what they name: verified, opened for a device, and asked once.</summary>
internal sealed class PolicyTarget : IFuzzTarget
{
    private readonly FuzzNetwork _network;
    private readonly string _folder;
    private readonly Mutator _mutator;
    private readonly Observation _seen = new() { Deadline = 0.2, Rate = 1e6, LastRate = 1e6, PreviousRate = 1e6, Rtt = 0.02, ServerLoad = 1, Slowdown = 1 };

    public PolicyTarget(string folder)
    {
        _network = new FuzzNetwork(folder);
        _folder = Path.Combine(folder, "policy");
        var policy = new FuzzPolicy(_network.Profile);
        _mutator = new Mutator(InputShape.Text, [.. Enum.GetValues<PolicyForm>().Select(form =>
        {
            FrozenPolicyFile.Write(_folder, policy.Describe(form), policy.File(form));
            return File.ReadAllBytes(Path.Combine(_folder, FrozenPolicyFile.Description));
        })]);
    }

    public byte[] Make(ref Rng rng) => _mutator.Make(ref rng);

    public bool Read(byte[] input)
    {
        InputFile.Write(Path.Combine(_folder, FrozenPolicyFile.Description), input);
        PolicyVerification.Run(_folder);
        using var deployed = DeployedPolicy.Open(_folder, _network.Profile);
        var mask = new bool[deployed.Model.Count];
        Array.Fill(mask, true);
        var plan = deployed.Decide(_seen, mask);
        return plan >= 0 && plan < mask.Length ? true : throw new InvalidOperationException($"plan {plan} of {mask.Length} was chosen");
    }

    public void Dispose() => _network.Dispose();
}
