using System.Security.Cryptography;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;

namespace RlOffload.Inference.Partitions;

/// <summary>
/// A network that can be taken apart at any cut. A head computes the cut's tensors from the model's inputs, a tail computes an exit's
/// outputs from the cut's tensors. What needs no computing is in neither: a model input that is part of a cut is sent as it came, an
/// output that is part of a cut is already the answer.
/// </summary>
public sealed class SplitNetwork
{
    private readonly ModelProfile? _profile;
    private readonly string? _path;
    private volatile Cutter? _read;

    /// <param name="tensors">Types and shapes of the tensors at which it will be cut, model inputs included.</param>
    public SplitNetwork(GraphView graph, IReadOnlyDictionary<string, TensorInfo> tensors)
    {
        _read = new Cutter(graph);
        Tensors = tensors;
    }

    private SplitNetwork(GraphView graph, ModelProfile profile, string path, IReadOnlyDictionary<string, TensorInfo> tensors)
        : this(graph, tensors) => (_profile, _path) = (profile, path);

    /// <exception cref="InputException">It was let go of, and its file has become another model or none.</exception>
    public GraphView Graph => Cutter.Graph;

    private Cutter Cutter => _read ?? (_read = Again());

    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Opens the network that a profile was measured on, with the profile's cuts.</summary>
    /// <exception cref="InputException">The file is another model than the profile's, or lacks tensors that the profile names.</exception>
    /// <exception cref="InvalidDataException">The file is no ONNX model.</exception>
    public static SplitNetwork Load(string modelPath, ModelProfile profile)
    {
        var graph = Read(modelPath, profile);
        var tensors = new Dictionary<string, TensorInfo>(StringComparer.Ordinal);
        foreach (var tensor in profile.Cuts.SelectMany(c => c.Tensors))
        {
            if (graph.Producer(tensor.Name) < 0 && graph.Inputs.All(v => v.Name != tensor.Name))
                throw new InputException(modelPath, "graph",
                    $"has no tensor '{tensor.Name}', which the profile cuts at; profile the model again");
            try
            {
                tensors[tensor.Name] = TensorInfo.Of(tensor);
            }
            catch (FormatException e)
            {
                throw new InputException(profile.Model.Path, $"tensor '{tensor.Name}'", e.Message);
            }
        }
        foreach (var output in profile.Exits.SelectMany(e => e.AllOutputs))
            if (!tensors.ContainsKey(output))
                throw new InputException(modelPath, "graph", $"has the exit '{output}', whose type and shape no cut of the profile tells; profile the model again");
        return new SplitNetwork(graph, profile, modelPath, tensors);
    }

    /// <summary>Lets go of the model as it was read from its file, once the parts that are needed are open: it is as large as all its weights. Who asks for another part reads the file again.</summary>
    public void Forget()
    {
        if (_path is not null)
            _read = null;
    }

    public static string HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private Cutter Again()
    {
        try
        {
            return new Cutter(Read(_path!, Profile));
        }
        catch (InvalidDataException e)
        {
            throw new InputException(_path!, "file", $"is not the model any more that it was when it was opened ({e.Message}); a changed file needs a start or a swap");
        }
    }

    private static GraphView Read(string path, ModelProfile profile)
    {
        var graph = new GraphView(OnnxModel.Load(path));
        var sha = HashOf(path);
        return sha.Equals(profile.Model.Sha256, StringComparison.OrdinalIgnoreCase) ? graph
            : throw new InputException(path, "sha256", $"is {sha}, but the profile was measured on {profile.Model.Path} with {profile.Model.Sha256}");
    }

    /// <summary>The head of a cut of the profile; null where the head has nothing to compute (cut 0).</summary>
    public OnnxModel? Head(int cut) => Head(CutTensors(cut), $"head of cut {cut}");

    /// <summary>The tail from a cut of the profile to one exit.</summary>
    /// <exception cref="InputException">The exit cannot be computed from this cut.</exception>
    public OnnxModel Tail(int exit, int cut)
    {
        if (!Profile.Partitions.Any(p => p.Exit == exit && p.Cut == cut && !p.Local))
            throw new InputException(Graph.Model.Source, $"exit {exit}, cut {cut}", "is no partition of the profile that has a tail");
        return Tail(CutTensors(cut), Profile.Exits[exit].AllOutputs, $"tail of exit {exit}, cut {cut}");
    }

    /// <summary>From the tensors of a cut of the profile to those of a later one on the same way.</summary>
    /// <exception cref="InvalidDataException">The later cut cannot be computed from the earlier one.</exception>
    public OnnxModel Step(int from, int to) => Tail(CutTensors(from), CutTensors(to), $"step from cut {from} to cut {to}");

    /// <summary>The whole network up to one exit.</summary>
    public OnnxModel Local(int exit) =>
        exit >= 0 && exit < Profile.Exits.Count
            ? Head(Profile.Exits[exit].AllOutputs, $"exit {exit}")!
            : throw new InputException(Graph.Model.Source, "exit", $"is {exit}, allowed is 0 to {Profile.Exits.Count - 1}");

    /// <summary>From the model's inputs to any tensors; null where all of them are model inputs.</summary>
    public OnnxModel? Head(IReadOnlyList<string> tensors, string name)
    {
        var computed = tensors.Where(t => Graph.Producer(t) >= 0).ToList();
        return computed.Count == 0 ? null : Cutter.Extract(Infos(Graph.Inputs.Select(v => v.Name)), computed, name);
    }

    /// <summary>From the tensors of a cut to any outputs.</summary>
    public OnnxModel Tail(IReadOnlyList<string> cut, IReadOnlyList<string> outputs, string name) =>
        Cutter.Extract(Infos(cut), [.. outputs.Where(o => !cut.Contains(o))], name);

    /// <summary>Of tensors as they are computed.</summary>
    public long BytesOf(IEnumerable<string> tensors) => tensors.Sum(t => Tensors[t].Bytes);

    private ModelProfile Profile => _profile ?? throw new InvalidOperationException("cut ids need a profile; load the network with one");

    private IReadOnlyList<string> CutTensors(int cut) =>
        cut >= 0 && cut < Profile.Cuts.Count
            ? [.. Profile.Cuts[cut].Tensors.Select(t => t.Name)]
            : throw new InputException(Graph.Model.Source, "cut", $"is {cut}, allowed is 0 to {Profile.Cuts.Count - 1}");

    private List<ValueInfoProto> Infos(IEnumerable<string> names) =>
        [.. names.Select(n => TensorTypes.Info(n, Tensors[n].Type, Tensors[n].Shape))];
}
