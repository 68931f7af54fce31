using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Serving;

/// <summary>What a worker needs for one model: its tensors, and rows for tails that are computed together. For one thread.</summary>
internal sealed class TailBench(ServedModel model, int batch) : IDisposable
{
    private readonly Dictionary<(int Exit, int Cut), BatchRows?> _rows = [];

    public RequestReader Reader { get; } = new(model.Partitions);
    public TensorStore Store { get; } = new(model.Partitions);

    /// <summary>Names of an exit's outputs.</summary>
    public IReadOnlyList<string> Outputs(int exit) => model.Partitions.Profile.Exits[exit].AllOutputs;

    /// <summary>Null where the tail is computed for one request at a time.</summary>
    public BatchRows? Rows(int exit, int cut)
    {
        if (!_rows.TryGetValue((exit, cut), out var rows))
            _rows[(exit, cut)] = rows = model.Tails.Batched(exit, cut) is { } tail ? new BatchRows(tail, batch) : null;
        return rows;
    }

    /// <summary>The same of a tail that was asked for before; null where it was not.</summary>
    public BatchRows? Opened(int exit, int cut) => _rows.GetValueOrDefault((exit, cut));

    /// <summary>Runs a tail once, alone and in a batch, so that the first request finds it warm.</summary>
    public void Prepare(int exit, int cut)
    {
        Store.RunTail(exit, cut);
        if (Rows(exit, cut) is { } rows)
            for (var count = 1; count <= batch; count++)
                rows.Run(count);
    }

    public void Dispose()
    {
        foreach (var rows in _rows.Values)
            rows?.Dispose();
        Store.Dispose();
    }
}
