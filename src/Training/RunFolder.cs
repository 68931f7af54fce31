using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using RlOffload.Agents.Sac;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Training.Config;

namespace RlOffload.Training;

/// <summary>What a run was made of; with the resolved config it says everything needed to repeat it.</summary>
public sealed record RunManifest(
    string Name, ulong Seed, string Agent, string ProfileSha256, string PlansSha256, string ScenarioSha256, string TrainingLinks, string TuningLinks,
    IReadOnlyList<string> LinkFiles, string Version, string DotNet, string Started, bool Finished = false, int Steps = 0, int BestStep = 0,
    double? BestValidation = null, double? UntrainedValidation = null, int? TuningTrials = null);

/// <summary>
/// The folder of a training run: config.yaml (resolved), manifest.json, metrics.csv, checkpoint.bin (resumes bit for bit), evaluation.json, report.html.
/// Each file is written beside its place and moved there, so that an interruption leaves the last whole one.
/// </summary>
public sealed class RunFolder(string path)
{
    private const string Columns = "step,window,return,validation,best_validation,critic_loss,actor_loss,alpha,entropy,mean_q";

    /// <summary>Of this program, as results state it.</summary>
    internal static string Version { get; } = typeof(RunFolder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public string Root { get; } = System.IO.Path.GetFullPath(path);
    public string Config => System.IO.Path.Combine(Root, "config.yaml");
    public string Manifest => System.IO.Path.Combine(Root, "manifest.json");
    public string Metrics => System.IO.Path.Combine(Root, "metrics.csv");
    public string Checkpoint => System.IO.Path.Combine(Root, "checkpoint.bin");
    public string Evaluation => System.IO.Path.Combine(Root, "evaluation.json");

    /// <summary>The page with the learning curves and, once the run is finished, the evaluation.</summary>
    public string Report => System.IO.Path.Combine(Root, "report.html");

    /// <summary>Whether <paramref name="folder"/> holds a run.</summary>
    public static bool IsIn(string folder) => File.Exists(System.IO.Path.Combine(folder, "checkpoint.bin")) && File.Exists(System.IO.Path.Combine(folder, "config.yaml"));

    public void Begin(Experiment experiment, RunManifest manifest)
    {
        Directory.CreateDirectory(Root);
        // A checkpoint of the run that was here must not be taken for one of this run.
        File.Delete(Checkpoint);
        File.Delete(Evaluation);
        File.Delete(Report);
        WriteText(Config, experiment.ResolvedYaml(Root));
        WriteText(Manifest, JsonSerializer.Serialize(manifest, ProfileFile.Json));
        WriteText(Metrics, Columns + "\n");
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

    public void Append(in TrainProgress p) => File.AppendAllText(Metrics, string.Create(CultureInfo.InvariantCulture,
        $"{p.Step},{p.Window},{p.Return:G6},{p.Validation:G6},{p.BestValidation:G6},{p.Metrics.CriticLoss:G6},{p.Metrics.ActorLoss:G6},{p.Metrics.Alpha:G6},{p.Metrics.NormalisedEntropy:G6},{p.Metrics.MeanQ:G6}\n"));

    public void Save(TrainingLoop loop, RunManifest manifest)
    {
        Move(Checkpoint, stream =>
        {
            using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
            loop.Save(writer);
        });
        WriteText(Manifest, JsonSerializer.Serialize(manifest, ProfileFile.Json));
    }

    /// <summary>Puts the loop where the checkpoint left it and cuts the metrics back to that step.</summary>
    public void Load(TrainingLoop loop)
    {
        using (var reader = new BinaryReader(OpenCheckpoint()))
            loop.Load(reader, Checkpoint);
        if (!File.Exists(Metrics))
            return;
        var kept = File.ReadLines(Metrics).Where((line, i) => i == 0 || (int.TryParse(line.Split(',')[0], out var step) && step <= loop.Step));
        WriteText(Metrics, string.Join('\n', kept.ToList()) + "\n");
    }

    /// <summary>The agent that did best on the validation windows; <paramref name="world"/> may be that of a config which trains otherwise.</summary>
    /// <exception cref="InputException">The run's files are damaged, or its agent is of other plans or observations.</exception>
    public DiscreteSac LoadBest(World world)
    {
        var config = ConfigFile.Read(Config, []);
        var options = TrainSection.Read(config.Root.Section("train"));
        config.RequireSound();
        var loop = new TrainingLoop(world.Training.Environment(world.CostModel), world.Tuning.Environment(world.CostModel), world.Choices, options, world.Experiment.Seed);
        using var reader = new BinaryReader(OpenCheckpoint());
        loop.Load(reader, Checkpoint);
        return loop.Best;
    }

    /// <summary>What was measured after each window; empty where the run has not begun.</summary>
    /// <returns>Column by name, one value a window; NaN where there was none yet.</returns>
    public IReadOnlyDictionary<string, double[]> ReadMetrics()
    {
        string[][] lines = File.Exists(Metrics) ? [.. File.ReadLines(Metrics).Skip(1).Select(l => l.Split(','))] : [];
        double at(string[] line, int column) => column < line.Length && double.TryParse(line[column], CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
        return Columns.Split(',').Select((name, i) => (name, values: lines.Select(l => at(l, i)).ToArray())).ToDictionary(c => c.name, c => c.values);
    }

    /// <summary>What 'rloffload verify' compares with later.</summary>
    public void WriteEvaluation(Evaluation.EvaluationReport report) => WriteText(Evaluation, JsonSerializer.Serialize(report with { Timeline = null }, ProfileFile.Json));

    public static void WriteText(string path, string text) => Move(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>The beginning of a hash, as errors show it.</summary>
    internal static string Short(string hash) => hash.Length > 12 ? hash[..12] + "..." : hash;

    private FileStream OpenCheckpoint()
    {
        try
        {
            return File.OpenRead(Checkpoint);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(Checkpoint, "file", $"cannot be read ({e.Message}); allowed is the folder of a training run");
        }
    }

    private static void Move(string path, Action<Stream> write)
    {
        using (var stream = File.Create(path + ".partial"))
            write(stream);
        File.Move(path + ".partial", path, overwrite: true);
    }
}
