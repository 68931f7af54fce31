using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using RlOffload.Agents;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Policies;
using RlOffload.Training.Config;
using RlOffload.Training.TensorBoard;

namespace RlOffload.Training;

/// <summary>What a run was made of; with the resolved config it says everything needed to repeat it.</summary>
public sealed record RunManifest(
    string Name, ulong Seed, string Agent, string ProfileSha256, string PlansSha256, string ScenarioSha256, string TrainingLinks, string TuningLinks,
    IReadOnlyList<string> LinkFiles, string Version, string DotNet, string Started, bool Finished = false, int Steps = 0, int BestStep = 0,
    double? BestValidation = null, double? UntrainedValidation = null, int? TuningTrials = null,
    GuardVerdict? Guard = null);

/// <summary>
/// The folder of a training run: config.yaml (resolved), manifest.json, metrics.csv and the same for TensorBoard, checkpoint.bin (resumes bit for bit) and the one before it,
/// evaluation.json, report.html.
/// Each file is written beside its place and moved there, so that an interruption leaves the last whole one.
/// </summary>
public sealed class RunFolder(string path)
{
    private const string Columns = "step,window,return,validation,best_validation";

    /// <summary>Of this program, as results state it.</summary>
    internal static string Version { get; } = typeof(RunFolder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public string Root { get; } = System.IO.Path.GetFullPath(path);
    public string Config => System.IO.Path.Combine(Root, "config.yaml");
    public string Manifest => System.IO.Path.Combine(Root, "manifest.json");
    public string Metrics => System.IO.Path.Combine(Root, "metrics.csv");
    public string Checkpoint => Checkpoints.Newest;
    public string Evaluation => System.IO.Path.Combine(Root, "evaluation.json");

    /// <summary>The page with the learning curves and, once the run is finished, the evaluation.</summary>
    public string Report => System.IO.Path.Combine(Root, "report.html");

    /// <summary>What metrics.csv holds, for TensorBoard.</summary>
    public EventFile Events { get; } = new(System.IO.Path.Combine(System.IO.Path.GetFullPath(path), "events.out.tfevents.rloffload"));

    /// <summary>The two newest.</summary>
    public CheckpointFile Checkpoints { get; } = new(System.IO.Path.Combine(System.IO.Path.GetFullPath(path), "checkpoint.bin"));

    /// <summary>Whether <paramref name="folder"/> holds a run.</summary>
    public static bool IsIn(string folder) => folder.Length > 0 && new RunFolder(folder) is var run && run.Checkpoints.Exists && File.Exists(run.Config);

    /// <summary>Makes the folder of a run that has learned nothing yet; from here on it can be resumed.</summary>
    public void Begin(Experiment experiment, RunManifest manifest, TrainingLoop loop, DateTimeOffset now)
    {
        Directory.CreateDirectory(Root);
        // A checkpoint of the run that was here must not be taken for one of this run.
        Checkpoints.Delete();
        File.Delete(Evaluation);
        File.Delete(Report);
        WriteText(Config, experiment.ResolvedYaml(Root));
        Events.Begin(now);
        // The checkpoint comes last: where it is, all is there that a resumed run needs.
        WriteText(Manifest, JsonSerializer.Serialize(manifest, ProfileFile.Json));
        WriteText(Metrics, string.Join(',', [Columns, .. loop.Measures]) + "\n");
        Save(loop, manifest);
    }

    /// <exception cref="InputException">The folder holds no manifest, or one that is damaged.</exception>
    public RunManifest ReadManifest()
    {
        try
        {
            return JsonSerializer.Deserialize<RunManifest>(File.ReadAllBytes(Manifest), ProfileFile.Json) ?? throw new InputException(Manifest, "$", "is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new InputException(Manifest, "file", $"is no manifest of a run ({e.Message})");
        }
    }

    /// <summary>Puts down what is deployed of a finished run.</summary>
    public void WriteGuard(GuardVerdict verdict) => WriteText(Manifest, JsonSerializer.Serialize(ReadManifest() with { Guard = verdict }, ProfileFile.Json));

    /// <param name="agent">Whose measures they are.</param>
    /// <param name="measures">Their names.</param>
    public void Append(in TrainProgress p, string agent, IReadOnlyList<string> measures, DateTimeOffset now)
    {
        Events.Append(p.Step, now, [("reward/return", p.Return), ("reward/validation", p.Checked ? p.Validation : double.NaN), .. measures.Zip(p.Measures, (name, value) => ($"{agent}/{name}", value))]);
        // Whoever watches the file must not keep training from writing it.
        using var file = new FileStream(Metrics, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{p.Step},{p.Window},{p.Return:G6},{p.Validation:G6},{p.BestValidation:G6}")
            + string.Concat(p.Measures.Select(m => string.Create(CultureInfo.InvariantCulture, $",{m:G6}"))) + "\n"));
    }

    public void Save(TrainingLoop loop, RunManifest manifest)
    {
        // No checkpoint may reach the disk before the lines up to it have.
        using (var metrics = new FileStream(Metrics, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
            metrics.Flush(flushToDisk: true);
        Checkpoints.Write(loop.Save);
        WriteText(Manifest, JsonSerializer.Serialize(manifest, ProfileFile.Json));
    }

    /// <summary>Puts the loop where the newest whole checkpoint left it and cuts the metrics back to that step.</summary>
    /// <param name="warn">Told of a checkpoint that is skipped.</param>
    public void Load(TrainingLoop loop, Action<string> warn)
    {
        Checkpoints.ReadWhole((reader, file) =>
        {
            loop.Load(reader, file);
            return loop;
        }, warn);
        Events.CutBack(loop.Step);
        if (!File.Exists(Metrics))
            return;
        // What follows the last line break was cut off while it was written.
        string[] lines = File.ReadAllText(Metrics).Split('\n')[..^1];
        WriteText(Metrics, string.Concat(lines.Where((line, i) => i == 0 || (int.TryParse(line.Split(',')[0], out var step) && step <= loop.Step)).Select(l => l + "\n")));
    }

    /// <summary>The agent that did best on the validation windows; <paramref name="world"/> may be that of a config which trains otherwise.</summary>
    /// <exception cref="InputException">The run's files are damaged, or its agent is of other plans or observations.</exception>
    public LearnedPolicy LoadBest(World world)
    {
        var config = ConfigFile.Read(Config, []);
        var options = TrainSection.Read(config.Root.Section("train"));
        config.RequireSound();
        return Checkpoints.Read((reader, file) => TrainingLoop.ReadBest(reader, file, world, options));
    }

    /// <summary>Whether its agent can decide for networks that it was not trained on: <see cref="IAgentOptions.Transfers"/>.</summary>
    internal bool Transfers()
    {
        var config = ConfigFile.Read(Config, []);
        var options = TrainSection.Read(config.Root.Section("train"));
        config.RequireSound();
        return options.Agent.Transfers;
    }

    /// <summary>What was measured after each window; empty where the run has not begun.</summary>
    /// <returns>Column by name, one value a window; NaN where there was none yet.</returns>
    public IReadOnlyDictionary<string, double[]> ReadMetrics()
    {
        string[][] lines = File.Exists(Metrics) ? [.. File.ReadLines(Metrics).Select(l => l.Split(','))] : [];
        double at(string[] line, int column) => column < line.Length && double.TryParse(line[column], CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
        return (lines.Length > 0 ? lines[0] : Columns.Split(',')).Select((name, i) => (name, values: lines.Skip(1).Select(l => at(l, i)).ToArray())).ToDictionary(c => c.name, c => c.values);
    }

    /// <summary>What 'rloffload verify' compares with later.</summary>
    public void WriteEvaluation(Evaluation.EvaluationReport report) => WriteEvaluation(Evaluation, report);

    internal static void WriteEvaluation(string path, Evaluation.EvaluationReport report) =>
        WriteText(path, JsonSerializer.Serialize(report with { Timeline = null }, ProfileFile.Json));

    public static void WriteText(string path, string text) => WholeFile.Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>The beginning of a hash, as errors show it.</summary>
    internal static string Short(string hash) => hash.Length > 12 ? hash[..12] + "..." : hash;
}
