using System.Text.Json.Serialization;

namespace RlOffload.Environment.Profiles;

/// <summary>
/// A network as the planner sees it, measured: where it can be cut, where it can be left, what each partition costs and what each
/// choice does to accuracy. One JSON file (<see cref="ProfileFile"/>); times are those of <see cref="Machine"/>, never scaled here.
/// </summary>
public sealed record ModelProfile
{
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;
    public required ProfiledModel Model { get; init; }
    public required MeasuringMachine Machine { get; init; }

    /// <summary>Where the numbers come from if they were measured elsewhere; null for what 'rloffload profile' measured.</summary>
    public string? Source { get; init; }

    /// <summary>Where <see cref="Accuracy"/> comes from if it was not measured with this network; null if it was.</summary>
    public string? AccuracySource { get; init; }

    /// <summary>What else is assumed rather than measured, a sentence each; null where nothing is.</summary>
    public IReadOnlyList<string>? Assumptions { get; init; }

    /// <summary>Cut 0 sends the model's input. A cut is a set of tensors; its id is its index in this list.</summary>
    public required IReadOnlyList<CutPoint> Cuts { get; init; }

    /// <summary>From the shallowest to the deepest; an exit's id is its index in this list.</summary>
    public required IReadOnlyList<ExitBranch> Exits { get; init; }

    /// <summary>Every (exit, cut) that can run. Each exit has one partition with cut 0 and one with <see cref="Partition.Local"/>.</summary>
    public required IReadOnlyList<Partition> Partitions { get; init; }

    /// <summary>The whole network up to each exit, uncut, in the order of <see cref="Exits"/>.</summary>
    public required IReadOnlyList<Duration> WholeMs { get; init; }

    /// <summary>The whole network up to its last exit on the server, before the server's factor.</summary>
    [JsonIgnore]
    public Duration ServerWholeMs => Partitions.First(p => p.Exit == Exits.Count - 1 && p.Cut == 0).OnServerMs;

    /// <summary>Measured by quantising the tensors of the cut and running the tail. Empty where no labelled images were given.</summary>
    public IReadOnlyList<AccuracyCell> Accuracy { get; init; } = [];

    /// <summary>Ways to send the input itself (split 0). Empty where no images were given: then it is sent as it enters the network.</summary>
    public IReadOnlyList<InputEncoding> InputEncodings { get; init; } = [];

    /// <summary>Per image and exit, so that easy images may leave early; null where no labelled images were given.</summary>
    public ImageOutcomes? Outcomes { get; init; }

    /// <summary>The network as a graph with the time of each node, for planners that cut a graph; constants are left out.</summary>
    public IReadOnlyList<ProfiledNode> Nodes { get; init; } = [];

    /// <summary>Cuts that exist but were not timed (more than --max-cuts), by their size.</summary>
    public IReadOnlyList<UntimedCut> Untimed { get; init; } = [];
}

/// <param name="Path">File name of the model, without folder.</param>
/// <param name="Shape">Input shape as measured; dynamic dimensions are resolved.</param>
/// <param name="Images">The labelled images behind accuracy and outcomes, in words; null where none were given.</param>
/// <param name="Pixels">How a byte of an image becomes a number of the input; null where no images were given.</param>
public sealed record ProfiledModel(
    string Path, string Sha256, string Input, IReadOnlyList<long> Shape, string InputType, string? Images = null, PixelScale? Pixels = null);

/// <summary>An input number is (byte * <see cref="Scale"/> - Mean[channel]) / Std[channel]; an input of bytes takes the byte itself.</summary>
public sealed record PixelScale(double Scale, IReadOnlyList<double> Mean, IReadOnlyList<double> Std);

/// <param name="Threads">Intra-op threads of ONNX Runtime while measuring.</param>
/// <param name="Optimisation">Graph optimisation level of ONNX Runtime while timing.</param>
public sealed record MeasuringMachine(
    string Cpu, string Os, string DotNet, string OnnxRuntime, int Threads, string Optimisation, int Repeats, string Date);

/// <param name="After">Name of the last node of the prefix; "input" for cut 0.</param>
/// <param name="Identical">Head then tail equalled the whole model bit for bit with graph optimisations off.</param>
public sealed record CutPoint(int Id, string After, IReadOnlyList<CutTensor> Tensors, bool? Identical = null)
{
    public long Elements => Tensors.Sum(t => t.Elements);
    public long Bytes => Tensors.Sum(t => t.Bytes);
}

/// <param name="Bytes">As computed; fewer bits a number than this tensor has make it smaller, more do not make it larger.</param>
/// <param name="Type">ONNX element type in lower case. Only float, float16, uint8 and int8 are quantised; others are sent as they are.</param>
/// <param name="Shape">As measured; empty for a scalar, null in profiles from elsewhere.</param>
public sealed record CutTensor(string Name, long Elements, long Bytes, string Type = "float", IReadOnlyList<long>? Shape = null);

/// <param name="Output">Name of the graph output that this exit answers with; the first where it has several.</param>
/// <param name="Accuracy">Share of the labelled images that this exit classifies correctly at full precision, 0..1; null if not measured.</param>
/// <param name="Outputs">All outputs of an exit that answers with several, such as a detector's scores and boxes; null for one.</param>
public sealed record ExitBranch(int Id, string Output, double? Accuracy = null, IReadOnlyList<string>? Outputs = null)
{
    [JsonIgnore]
    public IReadOnlyList<string> AllOutputs => Outputs ?? [Output];
}

/// <summary>Milliseconds, measured warm.</summary>
public sealed record Duration(double Median, double P90);

/// <param name="Local">Everything up to the exit runs on the device; the cut's tensors are the exit's output and nothing is sent.</param>
/// <param name="HeadMs">Time of the sub-model from the input to the cut; 0 for cut 0.</param>
/// <param name="TailMs">Time of the sub-model from the cut to the exit; 0 where <paramref name="Local"/>.</param>
/// <param name="ServerTailMs">The tail timed on another machine, the server; null where the server is a factor on <paramref name="TailMs"/>.</param>
/// <param name="HeadMemoryBytes">Weights plus peak activation of the head.</param>
/// <param name="HeadLayersMs">Sum of the times of the head's single layers, for comparison.</param>
/// <param name="TailLayersMs">Sum of the times of the tail's single layers, for comparison.</param>
public sealed record Partition(
    int Exit, int Cut, bool Local, Duration HeadMs, Duration TailMs, long HeadMemoryBytes, double HeadLayersMs = 0, double TailLayersMs = 0,
    Duration? ServerTailMs = null)
{
    /// <summary>The tail before the server's factor.</summary>
    [JsonIgnore]
    public Duration OnServerMs => ServerTailMs ?? TailMs;
}

/// <param name="Bits">Bits a number at the cut: 2, 3, 4, 6, 8, 16 or 32 (32 = as computed).</param>
/// <param name="Value">Share of the labelled images answered correctly, 0..1.</param>
public sealed record AccuracyCell(int Exit, int Cut, int Bits, double Value);

/// <param name="Name">"raw" (8-bit pixels), "deflate" (raw, losslessly compressed), "float32", or "jpeg-QUALITY" from a stated table.</param>
/// <param name="Bytes">Mean bytes of one input.</param>
/// <param name="AccuracyLoss">Accuracy lost against the raw input, 0..1.</param>
public sealed record InputEncoding(string Name, double Bytes, double AccuracyLoss, string? Source = null);

/// <param name="Confidence">Largest softmax value, by exit then image, 3 decimals.</param>
/// <param name="Entropy">Entropy of the softmax in nats, by exit then image, 3 decimals.</param>
/// <param name="Correct">By exit a string of '1' (correct) and '0', one character an image.</param>
public sealed record ImageOutcomes(
    int Images, IReadOnlyList<IReadOnlyList<float>> Confidence, IReadOnlyList<IReadOnlyList<float>> Entropy, IReadOnlyList<string> Correct);

public sealed record UntimedCut(string After, long Elements, long Bytes);

/// <param name="Op">ONNX operator.</param>
/// <param name="Ms">Median time with graph optimisations off, so that each node is itself and not a part of a fused one.</param>
/// <param name="ServerMs">Time on another machine, the server; null where the server is a factor on <paramref name="Ms"/>.</param>
/// <param name="OutputBytes">Of all <paramref name="Outputs"/> together.</param>
/// <param name="Inputs">Tensors that other nodes or the model's input give; weights are left out.</param>
/// <param name="Outputs">Tensors that other nodes or exits take.</param>
public sealed record ProfiledNode(
    string Name, string Op, double Ms, long OutputBytes, IReadOnlyList<string> Inputs, IReadOnlyList<CutTensor> Outputs, double? ServerMs = null);
