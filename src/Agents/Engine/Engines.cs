namespace RlOffload.Agents.Engine;

/// <summary>What can run the graph of an update, by the names that a config has for it.</summary>
public static class Engines
{
    public const string BuiltIn = "built_in", Onnx = "onnx", Torch = "torch";

    /// <summary>Looked up by name, because only a build with -p:Torch=cpu or -p:Torch=cuda lays this assembly beside the others.</summary>
    private const string TorchEngine = "RlOffload.Agents.Torch.TorchEngine, RlOffload.Agents.Torch";

    public static IReadOnlyList<string> Names { get; } = [BuiltIn, Onnx, Torch];

    /// <summary>Whether this build has TorchSharp.</summary>
    public static bool HasTorch => Type.GetType(TorchEngine, throwOnError: false) is not null;

    /// <summary>Why the engine <paramref name="name"/> cannot run here, and what can be done; null where it can.</summary>
    public static string? Problem(string name)
    {
        if (name != Torch)
            return null;
        if (Type.GetType(TorchEngine, throwOnError: false) is not { } engine)
            return $"is {Torch}, and this build is without TorchSharp; build with -p:Torch=cpu or -p:Torch=cuda (TorchSharp comes from the package source), or take {BuiltIn} or {Onnx}";
        return engine.GetMethod(nameof(Problem))!.Invoke(null, null) is string problem
            ? $"is {Torch}, and LibTorch does not load here: {problem}; take {BuiltIn} or {Onnx}, or see docs/engine.md" : null;
    }

    /// <summary>What makes an engine of a graph.</summary>
    /// <param name="check">Ends a run at the first value that is not finite; only the built-in engine can.</param>
    /// <exception cref="NotSupportedException">This build or this engine cannot.</exception>
    public static Func<Graph, IEngine> Of(string name, bool check = false)
    {
        if (Problem(name) is { } problem)
            throw new NotSupportedException($"engine {problem}");
        if (check && name != BuiltIn)
            throw new NotSupportedException($"the engine {name} cannot check its values, {BuiltIn} can");
        return name switch
        {
            BuiltIn => graph => new Executor(graph, check: check),
            Onnx => graph => new OnnxEngine(graph),
            Torch => graph => (IEngine)Activator.CreateInstance(Type.GetType(TorchEngine, throwOnError: true)!, graph)!,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, $"allowed is {string.Join(", ", Names)}"),
        };
    }
}
