using Microsoft.ML.OnnxRuntime;

namespace RlOffload.Inference.Partitions;

/// <summary>
/// One arena for what the parts of networks compute with. Each session would have its own otherwise, which grows to that session's largest run and a megabyte at least, though a device runs
/// one part after the other. Threads take turns in it for as long as a piece is cut off.
/// </summary>
internal static class SharedArena
{
    /// <summary>ONNX Runtime's arena_extend_strategy: by what is asked for, not by the next power of two.</summary>
    private const int AsRequested = 1;

    private const int Default = -1;

    /// <summary>Once a process, as are the runtime's environment and its allocators.</summary>
    private static readonly Lazy<OrtEnv> Registered = new(() =>
    {
        var environment = OrtEnv.Instance();
        using var shape = new OrtArenaCfg(0, AsRequested, Default, Default);
        environment.CreateAndRegisterAllocator(OrtMemoryInfo.DefaultInstance, shape);
        return environment;
    });

    /// <summary>A session with these options takes its memory there.</summary>
    public static void Use(SessionOptions options)
    {
        _ = Registered.Value;
        options.AddSessionConfigEntry("session.use_env_allocators", "1");
    }
}
