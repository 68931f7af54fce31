using Microsoft.ML.OnnxRuntime;
using RlOffload.Environment;
using RlOffload.Onnx;

namespace RlOffload.Inference.Policies;

/// <summary>
/// policy.onnx in ONNX Runtime, on one thread, with memory that is bound once: 'observation' [1, n] and 'mask' [1, A] (1 allowed, 0 not), and
/// 'prior' [1, A] where the graph takes one, give 'logits' [1, A]. Running it allocates nothing. Not safe for several threads at once.
/// </summary>
public sealed class PolicySession : IPolicyFunction
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly OrtIoBinding _binding;
    private readonly List<OrtValue> _bound = [];

    /// <param name="source">For messages: where the graph comes from.</param>
    /// <exception cref="InputException">The graph is no ONNX model that holds all it needs, ONNX Runtime refuses it, or its inputs and outputs are not those of the policy.</exception>
    public PolicySession(byte[] graph, string source, FrozenPolicy policy)
    {
        // Read here first: what names other files, nests without end or promises more numbers than it holds never reaches native code.
        try
        {
            OnnxModel.Parse(graph, source);
        }
        catch (InvalidDataException e)
        {
            throw new InputException([e.Message]);
        }
        Observation = new float[policy.Observation.Count];
        Mask = new float[policy.Plans.Count];
        Prior = policy.Prior is null ? [] : new float[policy.Plans.Count];
        Logits = new float[policy.Plans.Count];
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        try
        {
            _session = new InferenceSession(graph, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InputException(source, "graph", $"ONNX Runtime refuses it ({e.Message.ReplaceLineEndings(" ")})");
        }
        var problems = Check(policy).Select(p => $"{source}:{p}").ToList();
        if (problems.Count > 0)
        {
            _session.Dispose();
            throw new InputException(problems);
        }
        _binding = _session.CreateIoBinding();
        _binding.BindInput("observation", Bound(Observation));
        _binding.BindInput("mask", Bound(Mask));
        if (Prior.Length > 0)
            _binding.BindInput("prior", Bound(Prior));
        _binding.BindOutput("logits", Bound(Logits));
    }

    public float[] Observation { get; }
    public float[] Mask { get; }

    /// <summary>Empty where the graph takes none.</summary>
    public float[] Prior { get; }

    /// <summary>Those of the last <see cref="Run"/>.</summary>
    public float[] Logits { get; }

    /// <exception cref="OnnxRuntimeException">ONNX Runtime fails.</exception>
    public void Run() => _session.RunWithBinding(_run, _binding);

    public void Dispose()
    {
        _binding.Dispose();
        _bound.ForEach(b => b.Dispose());
        _run.Dispose();
        _session.Dispose();
    }

    private OrtValue Bound(float[] memory)
    {
        var value = OrtValue.CreateTensorValueFromMemory(memory, [1, memory.Length]);
        _bound.Add(value);
        return value;
    }

    private IEnumerable<string> Check(FrozenPolicy policy)
    {
        var inputs = new Dictionary<string, int> { ["observation"] = Observation.Length, ["mask"] = Mask.Length };
        if (policy.Prior is not null)
            inputs["prior"] = Mask.Length;
        foreach (var unknown in _session.InputMetadata.Keys.Except(inputs.Keys))
            yield return $"input '{unknown}': is unknown, allowed are {string.Join(", ", inputs.Keys)}";
        foreach (var (name, size) in inputs)
            if (Problem(_session.InputMetadata, name, size) is { } problem)
                yield return $"input '{name}': {problem}";
        if (Problem(_session.OutputMetadata, "logits", Mask.Length) is { } output)
            yield return $"output 'logits': {output}";
    }

    private static string? Problem(IReadOnlyDictionary<string, NodeMetadata> all, string name, int size) =>
        !all.TryGetValue(name, out var found) ? $"is missing, float [1, {size}] is needed"
        : found.OnnxValueType != OnnxValueType.ONNX_TYPE_TENSOR || found.ElementType != typeof(float)
            || found.Dimensions.Length != 2 || found.Dimensions[0] is not (1 or -1) || (found.Dimensions[1] != size && found.Dimensions[1] != -1)
            ? $"is {found.ElementType?.Name} [{string.Join(", ", found.Dimensions)}], allowed is float [1, {size}]"
        : null;
}
