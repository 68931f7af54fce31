using System.Collections.Concurrent;
using RlOffload.Inference.Partitions;

namespace RlOffload.Inference.Serving;

/// <summary>Which tails may be computed for several requests at once, found out when a tail is opened. Safe for several threads.</summary>
internal sealed class Tails(PartitionSet partitions, ServerOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<(int Exit, int Cut), Lazy<BatchedTail?>> _batched = new();

    public PartitionSet Partitions => partitions;

    /// <summary>Null where the tail is computed for one request at a time.</summary>
    public BatchedTail? Batched(int exit, int cut) => options.Batch == 1 ? null
        : _batched.GetOrAdd((exit, cut), key => new Lazy<BatchedTail?>(() => Open(key.Exit, key.Cut))).Value;

    public void Dispose()
    {
        foreach (var tail in _batched.Values.Where(t => t.IsValueCreated))
            tail.Value?.Dispose();
    }

    private BatchedTail? Open(int exit, int cut)
    {
        var tail = BatchedTail.TryOpen(partitions, exit, cut, options.Batch, options.BatchTolerance, out var why);
        if (tail is null)
            options.Log.Warning("The tail of exit {Exit}, cut {Cut} is computed for one request at a time: {Why}", exit, cut, why);
        else
            options.Log.Debug("Up to {Batch} tails of exit {Exit}, cut {Cut} are computed together, same bits: {SameBits}", options.Batch, exit, cut, tail.SameBits);
        return tail;
    }
}
