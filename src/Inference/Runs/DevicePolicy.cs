using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Policies;

namespace RlOffload.Inference.Runs;

/// <summary>A frozen policy as a device opened it from its folder, with the profile that it was checked against.</summary>
internal sealed class DevicePolicy : IDisposable
{
    private DevicePolicy(FrozenPolicy frozen, ModelProfile profile, string modelPath, DeployedPolicy policy) =>
        (Frozen, Profile, ModelPath, Policy, Hash) = (frozen, profile, modelPath, policy, FrozenPolicyFile.HashOf(frozen));

    public FrozenPolicy Frozen { get; }
    public ModelProfile Profile { get; }
    public string ModelPath { get; }
    public DeployedPolicy Policy { get; }

    /// <inheritdoc cref="FrozenPolicyFile.HashOf"/>
    public string Hash { get; }

    /// <exception cref="InputException">A file is missing, malformed, or not the one that the others name.</exception>
    public static DevicePolicy Open(DeviceOptions options, Action<string> warn)
    {
        var frozen = FrozenPolicyFile.Read(options.Policy);
        var profile = ProfileFile.Read(options.Profile ?? FrozenPolicyFile.Require(options.Policy, frozen.Profile.Path, "--profile"));
        var model = options.Model ?? FrozenPolicyFile.Require(options.Policy, frozen.Model.Path, "--model");
        var opened = new DevicePolicy(frozen, profile, model, DeployedPolicy.Open(options.Policy, frozen, profile, warn, options.Engine));
        if (frozen.Scenario.Device.TimeFactor != 1)
            warn($"the policy was trained for a device that takes {frozen.Scenario.Device.TimeFactor} times as long as the profile's machine; here it takes what it takes");
        return opened;
    }

    /// <summary>The files that it depends on, as they are now.</summary>
    public static string Files(DeviceOptions options, DevicePolicy current) => FileChanges.Of([.. FrozenPolicyFile.Names.Select(f => Path.Combine(options.Policy, f)), current.ModelPath,
        options.Profile ?? FrozenPolicyFile.Find(options.Policy, current.Frozen.Profile.Path) ?? current.Frozen.Profile.Path]);

    /// <summary>Whether both choose among the same plans of the same network in the same world, so that only the decisions differ.</summary>
    public bool SharesNetwork(DevicePolicy other) =>
        Frozen.Model.Sha256.Equals(other.Frozen.Model.Sha256, StringComparison.OrdinalIgnoreCase)
        && Frozen.PlansSha256 == other.Frozen.PlansSha256 && ProfileHashes.Of(Profile) == ProfileHashes.Of(other.Profile)
        && Text(Frozen.Scenario) == Text(other.Frozen.Scenario);

    private static string Text(Scenario scenario) => JsonSerializer.Serialize(scenario, FrozenPolicyFile.Json.Contract<Scenario>());

    /// <summary>Proves that it decides as it did when it was exported, and that the network's file is the one that it was made for.</summary>
    /// <exception cref="InputException">It does not, or is not.</exception>
    public void Verify(string folder)
    {
        var path = Path.Combine(folder, FrozenPolicyFile.Description);
        var problems = Policy.Replay().Problems.ToList();
        if (SplitNetwork.HashOf(ModelPath) is var sha && !sha.Equals(Frozen.Model.Sha256, StringComparison.OrdinalIgnoreCase))
            problems.Insert(0, $"model.sha256: is {Frozen.Model.Sha256}, but {ModelPath} has {sha}; allowed is the model that the policy was trained for");
        if (problems.Count > 0)
            throw new InputException([.. problems.Select(p => $"{path}:{p}")]);
    }

    public void Dispose() => Policy.Dispose();
}
