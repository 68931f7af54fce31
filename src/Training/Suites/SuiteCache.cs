using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Policies;
using RlOffload.Training.Evaluation;

namespace RlOffload.Training.Suites;

/// <summary>
/// Finished results of scenarios on disk, so that an interrupted suite goes on where it was. A result is found again only by the same code,
/// config, profile, links, windows and policies; a damaged file is made anew.
/// </summary>
/// <param name="folder">Null: nothing is remembered.</param>
internal sealed class SuiteCache(string? folder)
{
    public EvaluationReport? Find(string key)
    {
        try
        {
            return folder is not null && JsonSerializer.Deserialize<Entry>(File.ReadAllBytes(FileOf(key)), ProfileFile.Json) is { } entry && entry.Key == key ? entry.Report : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public void Keep(string key, EvaluationReport report)
    {
        if (folder is null)
            return;
        try
        {
            Directory.CreateDirectory(folder);
            RunFolder.WriteText(FileOf(key), JsonSerializer.Serialize(new Entry(key, report), ProfileFile.Json));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A cache that cannot be written costs time, not results.
        }
    }

    /// <summary>Of all that the result depends on.</summary>
    public static string KeyOf(World world, LinkSet links, IReadOnlyList<PolicyChoice> policies, int windows)
    {
        var e = world.Experiment;
        var text = string.Join('\n', [CodeIdentity.Counts, e.Name, e.File, $"{e.Seed} {e.Evaluate} {e.Lmos} {windows}", world.ProfileHash, world.FullTable.Hash, world.Plans.Hash, world.ScenarioHash,
            world.Tuning.Links.Hash, $"{world.Tuning.Seed}", links.Links.Hash, $"{links.Seed}", .. policies.Select(p => $"{p.Name} {p.IsLearner} {p.IsOneOfAll}"),
            .. policies.SelectMany(p => p.Sources).Select(Identity)]);
        return $"{e.Name} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }

    /// <summary>A planner is its name; of a folder also what decides in it.</summary>
    private static string Identity(string source) =>
        source + string.Concat(new[] { "checkpoint.bin", "manifest.json", FrozenPolicyFile.Graph, FrozenPolicyFile.Tree, FrozenPolicyFile.Table, FrozenPolicyFile.Description }
            .Select(f => Path.Combine(source, f)).Where(File.Exists).Select(f => " " + LinkSources.HashOf(f)));

    private string FileOf(string key) => Path.Combine(folder!, $"suite-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..16]}.json");

    private sealed record Entry(string Key, EvaluationReport Report);
}
