using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;

namespace RlOffload.Training;

/// <param name="Seeds">Each has its own run, in the folder <see cref="SeedsFolder.Run"/>.</param>
public sealed record SeedsManifest(string Name, string Agent, IReadOnlyList<ulong> Seeds);

/// <summary>
/// The folder of one experiment that is trained with several seeds: seeds.json, config.yaml (resolved, of the first seed), a run's folder a seed,
/// and over all of them evaluation.json and report.html.
/// </summary>
public sealed class SeedsFolder(string path)
{
    public string Root { get; } = Path.GetFullPath(path);
    public string Manifest => Path.Combine(Root, "seeds.json");
    public string Config => Path.Combine(Root, "config.yaml");
    public string Evaluation => Path.Combine(Root, "evaluation.json");
    public string Report => Path.Combine(Root, "report.html");

    /// <summary>Whether <paramref name="folder"/> holds runs of several seeds.</summary>
    public static bool IsIn(string folder) => folder.Length > 0 && new SeedsFolder(folder) is var seeds && File.Exists(seeds.Manifest) && File.Exists(seeds.Config);

    public RunFolder Run(ulong seed) => new(Path.Combine(Root, $"seed{seed}"));

    /// <summary>Runs that have begun, in the order of their seeds.</summary>
    public IReadOnlyList<RunFolder> Runs => [.. Read().Seeds.Select(Run).Where(r => RunFolder.IsIn(r.Root))];

    /// <exception cref="InputException">The folder holds something else, or runs that were interrupted.</exception>
    public void RequireFree()
    {
        if (RunFolder.IsIn(Root))
            throw new InputException(Root, "--out", "holds the run of one seed; name another folder for several");
        if (IsIn(Root) && Read().Seeds.Any(s => !RunFolder.IsIn(Run(s).Root) || !Run(s).ReadManifest().Finished))
            throw new InputException(Root, "--out", "holds interrupted runs; go on with --resume, or name another folder");
    }

    /// <summary>Makes the folder; finished runs that are there are replaced as theirs begin.</summary>
    /// <param name="first">The experiment of the first seed.</param>
    public void Begin(Experiment first, IReadOnlyList<ulong> seeds)
    {
        Directory.CreateDirectory(Root);
        foreach (var old in new[] { Manifest, Evaluation, Report }.Concat(seeds.SelectMany(s => new[] { Run(s).Checkpoint, Run(s).Checkpoints.Previous })))
            if (Directory.Exists(Path.GetDirectoryName(old)))
                File.Delete(old);
        RunFolder.WriteText(Config, first.ResolvedYaml(Root));
        RunFolder.WriteText(Manifest, JsonSerializer.Serialize(new SeedsManifest(first.Name, first.Train.Agent.Name, seeds), ProfileFile.Json));
    }

    /// <exception cref="InputException">The folder holds no seeds.json, or one that is damaged.</exception>
    public SeedsManifest Read()
    {
        try
        {
            return JsonSerializer.Deserialize<SeedsManifest>(File.ReadAllBytes(Manifest), ProfileFile.Json) is { Seeds.Count: > 0 } read
                ? read : throw new InputException(Manifest, "seeds", "is empty, allowed is one seed or more");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new InputException(Manifest, "file", $"is no list of seeds ({e.Message})");
        }
    }

    public void WriteEvaluation(Evaluation.EvaluationReport report) => RunFolder.WriteEvaluation(Evaluation, report);
}
