using RlOffload.Environment;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;
using RlOffload.Onnx;

namespace RlOffload.Inference.Profiling;

/// <summary>
/// A network as a whole, and cut in two with everything of a message between the parts but the link: head, codec at 32 bits there and back, tail, each on memory
/// of its own. What splitting costs besides the transfer. On one made-up input, to the network's last exit.
/// </summary>
public sealed class SplitMeter : IDisposable
{
    private const int Bits = 32;

    private readonly List<IDisposable> _owned = [];
    private readonly IReadOnlyDictionary<string, TensorInfo> _tensors;
    private readonly Dictionary<string, TensorMemory> _inputs;
    private readonly IReadOnlyList<string> _outputs;
    private readonly BoundRun _whole;
    private readonly Dictionary<string, TensorMemory> _answers;
    private readonly List<Halves> _cuts = [];

    /// <param name="most">Cuts at most, spread over the depth; inputs and outputs are none.</param>
    /// <exception cref="InputException">The network cannot be run or cut.</exception>
    public SplitMeter(string model, int most)
    {
        var graph = new GraphView(OnnxModel.Load(model));
        var exits = ExitList.Of(graph, null);
        _outputs = exits[^1];
        _tensors = TensorProbe.Find(graph, null);
        var network = new SplitNetwork(graph, _tensors);
        _inputs = graph.Inputs.Select((v, i) => (v.Name, Index: i)).ToDictionary(v => v.Name, v => Made(model, v.Name, v.Index), StringComparer.Ordinal);
        _answers = Memory(_outputs);
        _whole = Bind(network.Head(_outputs, "whole")!, name => _inputs.GetValueOrDefault(name) ?? _answers[name]);
        var found = CutFinder.Find(graph, exits)
            .Where(c => c.Depth > 0 && c.Exits.Contains(exits.Count - 1) && c.Tensors.All(t => _tensors.TryGetValue(t, out var info) && info.Bytes > 0)).ToList();
        if (found.Count == 0)
            throw new InputException(model, "graph", "has no cut between its input and its last exit");
        foreach (var cut in CutSelection.Spread(found).Take(most).Select(c => c.Cut).OrderBy(c => c.Depth))
            _cuts.Add(Split(network, cut));
    }

    public int Cuts => _cuts.Count;

    /// <summary>The last node of a cut's head.</summary>
    public string After(int cut) => _cuts[cut].Cut.After;

    /// <summary>That a cut sends.</summary>
    public int PayloadBytes(int cut) => _cuts[cut].Codec.PayloadBytes;

    public void RunWhole() => _whole.Run();

    public void RunSplit(int cut)
    {
        var half = _cuts[cut];
        half.Head.Run();
        if (!half.Codec.TryEncode(half.Sent, half.Payload) || !half.Codec.TryDecode(half.Payload, half.Received))
            throw new InputException(After(cut), "tensors", "cannot be sent");
        half.Tail.Run();
    }

    /// <summary>The largest difference between a number of the whole's answer and of the halves', as last run, over the largest number.</summary>
    public double Difference(int cut)
    {
        var (difference, largest) = (0.0, 1e-30);
        foreach (var output in _outputs.Where(o => _answers[o].IsFloat))
        {
            var whole = _answers[output].Floats;
            var split = _cuts[cut].Answers[output].Floats;
            for (var i = 0; i < whole.Length; i++)
                (difference, largest) = (Math.Max(difference, Math.Abs(whole[i] - split[i])), Math.Max(largest, Math.Abs(whole[i])));
        }
        return difference / largest;
    }

    public void Dispose()
    {
        for (var i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
    }

    private Halves Split(SplitNetwork network, Cut cut)
    {
        var infos = cut.Tensors.Select(t => _tensors[t]).ToList();
        var (sent, received, answers) = (Memory(cut.Tensors), Memory(cut.Tensors), Memory(_outputs));
        var head = network.Head(cut.Tensors, $"head to {cut.After}");
        if (head is null)
            throw new InputException(cut.After, "cut", "has a head with nothing to compute");
        var codec = new CutCodec(infos, Bits);
        return new Halves(cut, Bind(head, name => _inputs.GetValueOrDefault(name) ?? sent[name]), codec, [.. cut.Tensors.Select(t => sent[t])], [.. cut.Tensors.Select(t => received[t])],
            new byte[codec.PayloadBytes], Bind(network.Tail(cut.Tensors, _outputs, $"tail after {cut.After}"), name => received.GetValueOrDefault(name) ?? answers[name]), answers);
    }

    private BoundRun Bind(OnnxModel part, Func<string, TensorMemory> tensor)
    {
        var model = Own(new SubModel(part));
        return Own(model.Bind(name => tensor(name).Value));
    }

    private TensorMemory Made(string model, string name, int index)
    {
        var memory = Own(new TensorMemory(_tensors[name]));
        using var value = RandomInput.Make(model, name, _tensors[name], index);
        value.GetTensorMutableRawData().CopyTo(memory.Bytes);
        return memory;
    }

    private Dictionary<string, TensorMemory> Memory(IEnumerable<string> names) => names.ToDictionary(n => n, n => Own(new TensorMemory(_tensors[n])), StringComparer.Ordinal);

    private T Own<T>(T owned) where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    private sealed record Halves(
        Cut Cut, BoundRun Head, CutCodec Codec, IReadOnlyList<TensorMemory> Sent, IReadOnlyList<TensorMemory> Received, byte[] Payload, BoundRun Tail,
        IReadOnlyDictionary<string, TensorMemory> Answers);
}
