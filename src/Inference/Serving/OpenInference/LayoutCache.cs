using System.Collections.Concurrent;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Serving.OpenInference;

/// <summary>The payload's layout of each cut and bits that was asked for. Safe for several threads.</summary>
internal sealed class LayoutCache(PartitionSet partitions)
{
    private readonly ConcurrentDictionary<(int Cut, int Bits), IReadOnlyList<PayloadPart>> _layouts = new();

    public IReadOnlyList<PayloadPart> Of(int cut, int bits) =>
        _layouts.GetOrAdd((cut, bits), static (key, partitions) => PayloadLayout.Of(partitions, key.Cut, key.Bits), partitions);
}
