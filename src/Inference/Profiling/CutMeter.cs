using Microsoft.ML.OnnxRuntime;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;
using RlOffload.Onnx;

namespace RlOffload.Inference.Profiling;

/// <param name="Head">0 where the head has nothing to compute.</param>
/// <param name="Tails">By exit.</param>
/// <param name="Identical">Head then tail gave every bit of what the whole gives, with graph optimisations off.</param>
internal sealed record CutMeasure(Duration Head, IReadOnlyDictionary<int, Duration> Tails, bool Identical);

/// <summary>Times the head and the tails of a cut and compares them with the whole network, on one made-up input.</summary>
internal sealed class CutMeter : IDisposable
{
    private readonly SplitNetwork _network;
    private readonly IReadOnlyList<IReadOnlyList<string>> _exits;
    private readonly PartitionTimer _timer;
    private readonly Dictionary<string, OrtValue> _inputs;
    private readonly Dictionary<string, byte[]> _whole;

    public CutMeter(SplitNetwork network, IReadOnlyList<IReadOnlyList<string>> exits, PartitionTimer timer)
    {
        _network = network;
        _exits = exits;
        _timer = timer;
        _inputs = new Dictionary<string, OrtValue>(StringComparer.Ordinal);
        foreach (var (input, i) in network.Graph.Inputs.Select((v, i) => (v.Name, i)))
            _inputs[input] = RandomInput.Make(network.Graph.Model.Source, input, network.Tensors[input], i);
        var outputs = exits.SelectMany(e => e).Distinct().ToList();
        using var whole = new SubModel(network.Head(outputs, "whole")!, GraphOptimizationLevel.ORT_DISABLE_ALL);
        using var answers = whole.Run(Feeds(whole, _inputs));
        _whole = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var i = 0; i < answers.Count; i++)
            _whole[whole.Outputs[i]] = answers[i].GetTensorMutableRawData().ToArray();
    }

    /// <summary>The inputs in the graph's order.</summary>
    public IReadOnlyList<OrtValue> Inputs => [.. _network.Graph.Inputs.Select(v => _inputs[v.Name])];

    /// <summary>The time of the network up to one exit, as it is served: one sub-model.</summary>
    public Duration MeasureWhole(int exit, CancellationToken cancel)
    {
        using var whole = new SubModel(_network.Head(_exits[exit], $"exit {exit}")!);
        return _timer.Measure(whole, Feeds(whole, _inputs), cancel);
    }

    /// <summary>Cut 0 and an exit's own outputs are wholes: their times are not taken again, only their bits compared.</summary>
    public CutMeasure Measure(Cut cut, CancellationToken cancel)
    {
        var head = new Duration(0, 0);
        var tails = new SortedDictionary<int, Duration>();
        if (cut.Depth > 0 && cut.Exits.Count > 0)
            WithHead(cut, GraphOptimizationLevel.ORT_ENABLE_ALL, (model, values) =>
            {
                head = model is null ? head : _timer.Measure(model, Feeds(model, _inputs), cancel);
                foreach (var exit in cut.Exits)
                {
                    using var tail = new SubModel(_network.Tail(cut.Tensors, _exits[exit], $"tail of exit {exit} after {cut.After}"));
                    tails[exit] = _timer.Measure(tail, Feeds(tail, values), cancel);
                }
            });
        cancel.ThrowIfCancellationRequested();
        return new CutMeasure(head, tails, IsIdentical(cut));
    }

    /// <summary>Whether head then tail equals the whole in every bit, with graph optimisations off, for every exit of the cut.</summary>
    public bool IsIdentical(Cut cut)
    {
        var identical = true;
        WithHead(cut, GraphOptimizationLevel.ORT_DISABLE_ALL, (_, values) =>
        {
            bool Same(string output, OrtValue value) => value.GetTensorMutableRawData().SequenceEqual(_whole[output]);
            foreach (var (name, value) in values)
                if (_whole.ContainsKey(name))
                    identical &= Same(name, value);
            var outputs = cut.Exits.SelectMany(e => _exits[e]).Distinct().Where(o => !cut.Tensors.Contains(o)).ToList();
            if (outputs.Count == 0)
                return;
            var part = _network.Tail(cut.Tensors, outputs, $"tail after {cut.After}");
            using var tail = new SubModel(part, GraphOptimizationLevel.ORT_DISABLE_ALL);
            using var answers = tail.Run(Feeds(tail, values));
            for (var i = 0; i < outputs.Count; i++)
                identical &= Same(outputs[i], answers[i]);
        });
        return identical;
    }

    public void Dispose()
    {
        foreach (var input in _inputs.Values)
            input.Dispose();
    }

    private void WithHead(Cut cut, GraphOptimizationLevel level, Action<SubModel?, IReadOnlyDictionary<string, OrtValue>> use)
    {
        var part = _network.Head(cut.Tensors, $"head to {cut.After}");
        if (part is null)
        {
            use(null, _inputs);
            return;
        }
        using var head = new SubModel(part, level);
        using var made = head.Run(Feeds(head, _inputs));
        var values = new Dictionary<string, OrtValue>(_inputs, StringComparer.Ordinal);
        for (var i = 0; i < head.Outputs.Count; i++)
            values[head.Outputs[i]] = made[i];
        use(head, values);
    }

    private static OrtValue[] Feeds(SubModel model, IReadOnlyDictionary<string, OrtValue> values) => [.. model.Inputs.Select(n => values[n])];
}
