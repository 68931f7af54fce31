using RlOffload.Inference.Partitions;
using RlOffload.Inference.Serving.OpenInference;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Serving;

/// <summary>A network that is served: its parts, what checks its messages, what it is called; and how many of its messages are inside, so that it is closed after the last.</summary>
internal sealed class ServedModel(PartitionSet partitions, ServerOptions options, bool owns) : IDisposable
{
    private int _inside;
    private volatile bool _closed;

    public PartitionSet Partitions { get; } = partitions;
    public Tails Tails { get; } = new(partitions, options);
    public RequestReader Reader { get; } = new(partitions);
    public OpenModels Names { get; } = new(partitions);
    public LayoutCache Layouts { get; } = new(partitions);
    public TailPace Pace { get; } = new(partitions.Profile, TimeProvider.System);

    /// <summary>Bytes of the longest message that it has, and numbers of its largest cut.</summary>
    public int MostMessage { get; } = RequestReader.MostBytes(partitions.Profile);
    public long MostElements { get; } = partitions.Profile.Cuts.Max(c => c.Elements);

    /// <summary>As messages name it.</summary>
    public ulong Hash { get; } = RequestHeader.ModelOf(partitions.Profile.Model.Sha256);

    /// <summary>Whether no message is inside, and none comes in any more.</summary>
    public bool IsEmpty => _closed && Volatile.Read(ref _inside) == 0;

    /// <summary>A message comes in; it must <see cref="Leave"/>.</summary>
    /// <returns>False where it is closed.</returns>
    public bool TryEnter()
    {
        // First in, then looked: whoever closes looks the other way round.
        Interlocked.Increment(ref _inside);
        if (!_closed)
            return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _inside);

    public void Close()
    {
        _closed = true;
        Interlocked.MemoryBarrier();
    }

    /// <summary>Once it <see cref="IsEmpty"/>.</summary>
    public void Dispose()
    {
        Tails.Dispose();
        if (owns)
            Partitions.Dispose();
    }
}
