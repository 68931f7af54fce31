using System.Text.Json;
using System.Text.Json.Nodes;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Training.Evaluation;

namespace RlOffload.Training;

/// <summary>
/// Proves that a run's recorded evaluation is what its checkpoint does: evaluates it again, as the run's own config and manifest say, and compares
/// every number bit for bit. Only the time of a decision, which is measured, and where files lie may differ.
/// </summary>
/// <param name="Compared">Numbers and texts compared.</param>
/// <param name="Differences">Each with its place in evaluation.json, what is recorded and what was found now.</param>
public sealed record RunVerification(int Policies, int Windows, int Compared, IReadOnlyList<string> Differences, IReadOnlyList<string> Notes)
{
    private const int MostShown = 20;

    /// <summary>What is measured, where things lie, and what made it.</summary>
    private static readonly string[] Free = ["decision_us", "file", "config_file", "version", "dot_net", "warnings", "timeline"];

    public bool Passed => Differences.Count == 0;

    /// <param name="cache">Folder of tuned constants and oracle results; null: all is worked out anew.</param>
    /// <exception cref="InputException">No evaluation is recorded, or profile, plans, scenario or links are not those of the run.</exception>
    public static RunVerification Of(RunFolder run, string? cache, int threads, IProgress<EvaluationProgress>? progress, CancellationToken cancel)
    {
        var manifest = run.ReadManifest();
        var (recorded, report) = Read(run);
        var world = Experiment.Load(run.Config, []).Build((n, of) => progress?.Report(new("reading links", (double)n / of)));
        RequireSame(run, manifest, report, world);
        var evaluator = new Evaluator(world, cache, threads, progress);
        var row = Contestants.NameOf(manifest.Agent);
        var agent = evaluator.Contestants.Agent(row, run.LoadBest(world)) with { TuningTrials = manifest.TuningTrials };
        var contestants = report.Policies.Select(p => p.Name == row ? agent : evaluator.Contestants.Find(p.Name)).ToList();
        var again = evaluator.Run(contestants, world.Test, report.Windows, 0, progress, cancel);
        var differences = new List<string>();
        var compared = 0;
        Compare("", recorded, JsonSerializer.SerializeToNode(again with { Timeline = null }, ProfileFile.Json), differences, ref compared);
        var notes = new List<string>();
        if (report.Provenance is { } p && p.Version != RunFolder.Version)
            notes.Add($"recorded by version {p.Version}, this is {RunFolder.Version}");
        if (differences.Count > MostShown)
        {
            notes.Add($"{differences.Count - MostShown} more differences are not shown");
            differences.RemoveRange(MostShown, differences.Count - MostShown);
        }
        return new RunVerification(contestants.Count, report.Windows, compared, differences, notes);
    }

    private static (JsonNode Recorded, EvaluationReport Report) Read(RunFolder run)
    {
        try
        {
            var bytes = File.ReadAllBytes(run.Evaluation);
            return (JsonNode.Parse(bytes)!, JsonSerializer.Deserialize<EvaluationReport>(bytes, ProfileFile.Json)!);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException(run.Evaluation, "file", "is not there; allowed is a run that 'rloffload train' has finished and evaluated (without --no-evaluation)");
        }
        catch (JsonException e)
        {
            throw new InputException(run.Evaluation, "file", $"is no evaluation ({e.Message}); allowed is the file that 'rloffload train' wrote");
        }
    }

    private static void RequireSame(RunFolder run, RunManifest manifest, EvaluationReport report, World world)
    {
        var problems = new List<string>();
        void Same(string file, string key, string? before, string now)
        {
            if (before is not null && before != now)
                problems.Add($"{file}:{key}: was {RunFolder.Short(before)}, is {RunFolder.Short(now)} now; allowed is what the run was made with");
        }
        Same(run.Manifest, "profile_sha256", manifest.ProfileSha256, world.ProfileHash);
        Same(run.Manifest, "plans_sha256", manifest.PlansSha256, world.Plans.Hash);
        Same(run.Manifest, "scenario_sha256", manifest.ScenarioSha256, world.ScenarioHash);
        Same(run.Manifest, "tuning_links", manifest.TuningLinks, world.Tuning.Links.Hash);
        Same(run.Evaluation, "provenance.test_links", report.Provenance?.TestLinks, world.Test.Links.Hash);
        if (problems.Count > 0)
            throw new InputException(problems);
    }

    private static void Compare(string path, JsonNode? recorded, JsonNode? now, List<string> differences, ref int compared)
    {
        switch (recorded, now)
        {
            case (JsonObject a, JsonObject b):
                foreach (var key in a.Select(p => p.Key).Union(b.Select(p => p.Key)).Except(Free))
                    Compare(path.Length == 0 ? key : $"{path}.{key}", a[key], b[key], differences, ref compared);
                break;
            case (JsonArray a, JsonArray b) when a.Count == b.Count:
                for (var i = 0; i < a.Count; i++)
                    Compare($"{path}[{(a[i] as JsonObject)?["name"]?.ToString() ?? $"{i}"}]", a[i], b[i], differences, ref compared);
                break;
            default:
                compared++;
                // A number's text is its shortest that reads back to the same bits.
                if (recorded?.ToJsonString() != now?.ToJsonString())
                    differences.Add($"{path}: recorded {Shown(recorded)}, now {Shown(now)}");
                break;
        }
    }

    private static string Shown(JsonNode? node) => node is null ? "nothing" : node.ToJsonString() is { Length: > 60 } text ? text[..60] + "..." : node.ToJsonString();
}
