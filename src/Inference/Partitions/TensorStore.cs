using RlOffload.Environment.Profiles;

namespace RlOffload.Inference.Partitions;

/// <summary>
/// The tensors of one request on its way through a network, by name: made when first asked for, then used again for the next request. With the
/// sub-models that were bound to them, so that running one takes no look-up by name and no allocation.
/// </summary>
public sealed class TensorStore(PartitionSet partitions) : IDisposable
{
    private readonly Dictionary<string, TensorMemory> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<PartKey, BoundRun?> _runs = [];
    private readonly Dictionary<int, TensorMemory[]> _cuts = [];
    private readonly Dictionary<int, TensorMemory[]> _answers = [];

    /// <summary>The model's input.</summary>
    public TensorMemory Input => Tensor(partitions.Profile.Model.Input);

    /// <summary>The tensors of a cut, in its order.</summary>
    public IReadOnlyList<TensorMemory> Cut(int cut)
    {
        if (!_cuts.TryGetValue(cut, out var tensors))
            _cuts[cut] = tensors = [.. partitions.Profile.Cuts[cut].Tensors.Select(t => Tensor(t.Name))];
        return tensors;
    }

    /// <summary>The outputs that an exit answers with.</summary>
    public IReadOnlyList<TensorMemory> Answer(int exit)
    {
        if (!_answers.TryGetValue(exit, out var tensors))
            _answers[exit] = tensors = [.. partitions.Profile.Exits[exit].AllOutputs.Select(Tensor)];
        return tensors;
    }

    /// <summary>From the input to the tensors of a cut.</summary>
    public void RunHead(int cut) => Run(new PartKey(PartKind.Head, -1, cut));

    /// <summary>From the tensors of a cut to those of a later one; nothing where it is the same.</summary>
    public void RunStep(int from, int to)
    {
        if (from != to)
            Run(PartitionSet.Step(from, to));
    }

    /// <summary>From the tensors of a cut to an exit's answer; from cut 0 that is the whole network up to the exit.</summary>
    public void RunTail(int exit, int cut) => Run(cut == 0 ? new PartKey(PartKind.Whole, exit, 0) : new PartKey(PartKind.Tail, exit, cut));

    /// <summary>From the input to an exit's answer.</summary>
    public void RunWhole(int exit) => Run(new PartKey(PartKind.Whole, exit, 0));

    /// <summary>Makes everything that the part needs, so that its first request finds it warm.</summary>
    public void Prepare(PartKey part) => Bind(part);

    public void Dispose()
    {
        foreach (var run in _runs.Values)
            run?.Dispose();
        foreach (var tensor in _tensors.Values)
            tensor.Dispose();
    }

    private void Run(PartKey part)
    {
        if (!_runs.TryGetValue(part, out var run))
            run = Bind(part);
        run?.Run();
    }

    private BoundRun? Bind(PartKey part)
    {
        if (_runs.TryGetValue(part, out var bound))
            return bound;
        var model = partitions.Get(part);
        return _runs[part] = model?.Bind(name => Tensor(name).Value);
    }

    private TensorMemory Tensor(string name) =>
        _tensors.TryGetValue(name, out var tensor) ? tensor : _tensors[name] = new TensorMemory(partitions.Network.Tensors[name]);
}
