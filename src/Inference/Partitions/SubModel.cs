using Microsoft.ML.OnnxRuntime;
using RlOffload.Environment;
using RlOffload.Onnx;

namespace RlOffload.Inference.Partitions;

/// <summary>
/// A head, a tail or a whole network, ready to run on one thread. Safe to run from several threads at once, each with its own tensors.
/// </summary>
public sealed class SubModel : IDisposable
{
    private static readonly RunOptions Plain = new();

    private readonly InferenceSession _session;

    /// <summary>As heads and tails are served, with every optimisation.</summary>
    /// <exception cref="InputException">ONNX Runtime does not accept the model.</exception>
    public SubModel(OnnxModel part)
        : this(part, GraphOptimizationLevel.ORT_ENABLE_ALL)
    {
    }

    /// <param name="level">All is what heads and tails are timed and served with; off makes parts equal the whole bit for bit.</param>
    /// <param name="profileTo">Prefix of the file that ONNX Runtime writes its own timings to; null for none.</param>
    /// <exception cref="InputException">ONNX Runtime does not accept the model, for example an operator that it does not know.</exception>
    public SubModel(OnnxModel part, GraphOptimizationLevel level, string? profileTo = null)
        : this(part, level, profileTo, null)
    {
    }

    /// <param name="weights">Those that it shares with other parts of its network; null: it has its own.</param>
    internal SubModel(OnnxModel part, GraphOptimizationLevel level, string? profileTo, SharedWeights? weights)
    {
        Name = part.Source;
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = level,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        if (weights is not null)
            SharedArena.Use(options);
        if (profileTo is not null)
        {
            options.ProfileOutputPathPrefix = profileTo;
            options.EnableProfiling = true;
        }
        try
        {
            _session = weights is null ? new InferenceSession(part.ToBytes(), options) : weights.Open(part, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InputException(part.Source, "graph", $"ONNX Runtime refuses the model ({e.Message})");
        }
        Inputs = [.. part.Proto.Graph.Input.Select(v => v.Name).Where(_session.InputMetadata.ContainsKey)];
        Outputs = [.. part.Proto.Graph.Output.Select(v => v.Name)];
    }

    public string Name { get; }

    /// <summary>The tensors to feed, by name.</summary>
    public IReadOnlyList<string> Inputs { get; }

    public IReadOnlyList<string> Outputs { get; }

    /// <summary>As ONNX Runtime inferred them; a dimension of -1 is open.</summary>
    public IReadOnlyDictionary<string, NodeMetadata> OutputMetadata => _session.OutputMetadata;

    /// <summary>Runs on tensors in the order of <see cref="Inputs"/>.</summary>
    /// <returns>In the order of <see cref="Outputs"/>; the caller disposes it.</returns>
    /// <exception cref="InputException">ONNX Runtime fails, for example because shapes do not fit together.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(IReadOnlyList<OrtValue> inputs) => Run(inputs, Outputs);

    public IDisposableReadOnlyCollection<OrtValue> Run(IReadOnlyList<OrtValue> inputs, IReadOnlyList<string> outputs)
    {
        try
        {
            return _session.Run(Plain, Inputs, inputs, outputs);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InputException(Name, "graph", $"ONNX Runtime cannot run it ({e.Message})");
        }
    }

    /// <summary>Fixes the tensors it runs on, so that running takes no look-up and no allocation.</summary>
    /// <param name="tensor">The value behind each name of <see cref="Inputs"/> and <see cref="Outputs"/>; it must outlive what is returned.</param>
    public BoundRun Bind(Func<string, OrtValue> tensor)
    {
        var binding = _session.CreateIoBinding();
        foreach (var name in Inputs)
            binding.BindInput(name, tensor(name));
        foreach (var name in Outputs)
            binding.BindOutput(name, tensor(name));
        return new BoundRun(this, _session, binding);
    }

    /// <summary>Ends ONNX Runtime's own profiling and names the file it wrote.</summary>
    public string EndProfiling() => _session.EndProfiling();

    public void Dispose() => _session.Dispose();
}
