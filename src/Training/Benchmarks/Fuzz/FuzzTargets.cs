using RlOffload.Environment;
using RlOffload.Inference.Serving;
using RlOffload.Training.Benchmarks.Fuzz.Targets;

namespace RlOffload.Training.Benchmarks.Fuzz;

/// <param name="What">What is read, for people.</param>
/// <param name="Share">Of a run's inputs, in parts of all shares: much where an input is cheap.</param>
internal sealed record FuzzTargetKind(string Name, string What, double Share, Func<string, string?, IFuzzTarget> Open);

/// <summary>Everything that reads what others wrote, by name.</summary>
public static class FuzzTargets
{
    private static readonly FuzzTargetKind[] Kinds =
    [
        new("frames", "messages between device and server", 680, (folder, _) => new FrameTarget(folder)),
        new("server-frames", "connections of frames to the server", 10, (folder, _) => new ServerTarget(folder, Transport.Frames)),
        new("server-http", "bodies of the Open Inference Protocol", 15, (folder, _) => new ServerTarget(folder, Transport.Http)),
        new("answers", "what a server answers to a device", 6, (folder, _) => new AnswerTarget(folder)),
        new("traces", "link traces and round-trip times", 40, (folder, _) => new TraceTarget(folder)),
        new("links", "fitted links (JSON)", 20, (folder, repository) => new LinkModelTarget(folder, repository)),
        new("profiles", "layer profiles (JSON)", 15, (folder, _) => new ProfileTarget(folder)),
        new("imports", "published measurements that profiles are made of (CSV)", 10, (folder, _) => new ImportTarget(folder)),
        new("lists", "clients' tokens, recorded arrivals", 40, (folder, _) => new ListTarget(folder)),
        new("policies", "policy folders (policy.json)", 5, (folder, _) => new PolicyTarget(folder)),
        new("policy-graphs", "graphs of policies, by the built-in executor and ONNX Runtime", 8, (folder, _) => new PolicyGraphTarget(folder)),
        new("regions", "distilled trees and tables", 120, (folder, _) => new RegionTarget(folder)),
        new("configs", "configs (YAML)", 3, (folder, repository) => new ConfigTarget(folder, repository)),
        new("logs", "decision logs", 12, (folder, _) => new LogTarget(folder)),
        new("checkpoints", "checkpoints of a training", 4, (folder, _) => new CheckpointTarget(folder)),
        new("images", "images and labels (IDX, CIFAR-10)", 40, (folder, _) => new ImageTarget(folder)),
        new("onnx", "ONNX files, by this project's reader", 25, (folder, _) => new OnnxTarget(folder, native: false)),
        new("onnx-native", "ONNX files that it accepts, by ONNX Runtime", 5, (folder, _) => new OnnxTarget(folder, native: true)),
    ];

    /// <summary>Readers with a defect, to try this bench itself on; not among those that are read unless asked for.</summary>
    private static readonly FuzzTargetKind[] Defects =
        [.. Enum.GetValues<Planted>().Select(p => new FuzzTargetKind($"planted-{p.ToString().ToLowerInvariant()}", "a reader with a known defect", 1, (_, _) => new PlantedTarget(p)))];

    /// <summary>Names, each with what is read.</summary>
    public static IReadOnlyDictionary<string, string> Names { get; } = Kinds.ToDictionary(k => k.Name, k => k.What);

    /// <param name="names">None: all but those with a planted defect.</param>
    /// <exception cref="InputException">A name is none.</exception>
    internal static IReadOnlyList<FuzzTargetKind> Named(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return Kinds;
        if (names.Where(n => !Kinds.Concat(Defects).Any(k => k.Name == n)).ToList() is { Count: > 0 } unknown)
            throw new InputException([.. unknown.Select(n => $"bench fuzz:--target: is '{n}', allowed is {string.Join(", ", Kinds.Select(k => k.Name))}")]);
        return [.. names.Distinct().Select(n => Kinds.Concat(Defects).First(k => k.Name == n))];
    }

    internal static IFuzzTarget Open(string name, string folder, string? repository) => Named([name])[0].Open(folder, repository);
}
