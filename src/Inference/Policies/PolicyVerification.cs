using System.Security.Cryptography;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;

namespace RlOffload.Inference.Policies;

/// <param name="Failures">The policy does not decide as it did when it was trained.</param>
/// <param name="Warnings">It may be used, but what it decides by differs from its training.</param>
/// <param name="Notes">What was compared, and what could not be.</param>
public sealed record VerificationReport(
    string Policy, int Vectors, double WorstError, IReadOnlyList<string> Failures, IReadOnlyList<string> Warnings, IReadOnlyList<string> Notes)
{
    public bool Passed => Failures.Count == 0;
}

/// <summary>Proves a policy folder: the graph still answers its golden vectors, and the model and profile are those it was trained for.</summary>
public static class PolicyVerification
{
    /// <param name="model">Null: the file that policy.json names, where it is there.</param>
    /// <param name="profile">Null: the file that policy.json names, where it is there.</param>
    /// <exception cref="InputException">A file is malformed, or the policy must not be used with this model or profile.</exception>
    public static VerificationReport Run(string folder, string? model = null, string? profile = null)
    {
        var policy = FrozenPolicyFile.Read(folder);
        var description = Path.Combine(folder, FrozenPolicyFile.Description);
        var (file, graph) = (FrozenPolicyFile.NameOf(policy.Form), FrozenPolicyFile.ReadGraph(folder, form: policy.Form));
        var notes = new List<string>();
        var refusals = new List<string>();
        var warnings = new List<string>();

        if ((profile ?? FrozenPolicyFile.Find(folder, policy.Profile.Path)) is { } profileFile)
        {
            var measured = ProfileFile.Read(profileFile);
            refusals.AddRange(FrozenPolicyCheck.Refusals(policy, measured));
            warnings.AddRange(FrozenPolicyCheck.Warnings(policy, measured));
            notes.Add($"compared with the profile {profileFile}");
        }
        else
        {
            notes.Add($"the profile {policy.Profile.Path} is not there, so cuts, plans and times were not compared; name it with --profile");
        }
        if ((model ?? FrozenPolicyFile.Find(folder, policy.Model.Path)) is { } modelFile)
        {
            if (!File.Exists(modelFile))
                throw new InputException(modelFile, "file", "is not there; name the model that the policy was trained for");
            var hash = SplitNetwork.HashOf(modelFile);
            if (!hash.Equals(policy.Model.Sha256, StringComparison.OrdinalIgnoreCase))
                refusals.Add($"model.sha256: is {policy.Model.Sha256}, but {modelFile} has {hash}; allowed is the model that the policy was trained for");
            notes.Add($"compared with the model {modelFile}");
        }
        else
        {
            notes.Add($"the model {policy.Model.Path} is not there, so its hash was not compared; name it with --model");
        }
        if (refusals.Count > 0)
            throw new InputException([.. refusals.Distinct().Select(r => $"{description}:{r}")]);

        using var session = PolicyFunction.Open(graph, Path.Combine(folder, file), policy);
        var replay = GoldenReplay.Run(session, policy.Golden);
        var failures = replay.Problems.ToList();
        var sha = Convert.ToHexStringLower(SHA256.HashData(graph));
        if (sha != policy.GraphSha256)
            failures.Add($"graph_sha256: is {policy.GraphSha256}, but {file} has {sha}; the graph was changed after export");
        return new VerificationReport(folder, replay.Vectors, replay.WorstError * GoldenReplay.Tolerance,
            [.. failures.Select(f => $"{description}:{f}")], [.. warnings.Select(w => $"{description}:{w}")], notes);
    }
}
