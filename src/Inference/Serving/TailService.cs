using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Serving;

/// <summary>
/// The server without its connections: says who may come in, keeps the queue and the workers. What cannot be taken is refused at once, with when to try again;
/// nothing waits outside the queue.
/// </summary>
internal sealed class TailService : IDisposable
{
    /// <summary>A full queue is empty again in less than that.</summary>
    private const double RetrySeconds = 1;

    private readonly ServerOptions _options;
    private readonly FairQueue _queue;
    private readonly RateLimit _rate;
    private readonly LoadMeter _load;
    private readonly Tails _tails;
    private readonly TailWorker[] _workers;
    private readonly RequestReader _reader;
    private long _bytes;
    private int _inside;
    private volatile bool _draining;
    private bool _disposed;

    public TailService(PartitionSet partitions, ServerOptions options)
    {
        (Partitions, _options) = (partitions, options);
        _queue = new FairQueue(options.MostWaiting, options.OfOne);
        _rate = new RateLimit(options.MostPerSecond, TimeProvider.System);
        _load = new LoadMeter(options.Workers, TimeProvider.System);
        _tails = new Tails(partitions, options);
        _reader = new RequestReader(partitions);
        MostMessage = RequestReader.MostBytes(partitions.Profile);
        _workers = [.. Enumerable.Range(0, options.Workers).Select(i => new TailWorker(i, _queue, _tails, options, _load))];
        Meters.Gauge("rloffload.waiting", "{message}", "Messages that wait for a worker.", () => Waiting);
        Meters.Gauge("rloffload.busy", "1", "Share of the last second that the workers computed.", () => Busy);
        Meters.Gauge("rloffload.held", "By", "Bytes of bodies that are received, wait or are computed.", () => Interlocked.Read(ref _bytes));
    }

    public PartitionSet Partitions { get; }

    public ServerMeters Meters { get; } = new();

    /// <summary>Bytes of the longest message that this model has.</summary>
    public int MostMessage { get; }

    public int Waiting => _queue.Count;

    public double Busy => _load.Busy;

    /// <summary>Messages that were let in and have no answer yet.</summary>
    public int Inside => Volatile.Read(ref _inside);

    public bool Ready => !_draining;

    /// <summary>Opens these tails and runs each once in every worker, so that the first request finds them warm.</summary>
    public void Prepare(IEnumerable<PartKey> parts)
    {
        foreach (var part in parts)
            foreach (var worker in _workers)
                worker.Prepare(part.Exit, part.Cut);
    }

    public void Start()
    {
        foreach (var worker in _workers)
            worker.Start();
    }

    /// <summary>From now on everything new is refused; what is inside is still answered.</summary>
    public void BeginDrain() => _draining = true;

    /// <summary>Before a body is read: whether it may come in. Who is let in must <see cref="Leave"/>.</summary>
    /// <param name="bytes">That it will hold.</param>
    public Refusal? Enter(long bytes)
    {
        if (_draining)
            return new Refusal(503, "server: is stopping", RetrySeconds);
        if (_queue.Count >= _options.MostWaiting)
            return Full();
        if (!_rate.TryTake(out var retry))
            return new Refusal(429, FormattableString.Invariant($"rate: is above {_options.MostPerSecond} messages a second"), retry);
        if (Interlocked.Add(ref _bytes, bytes) > _options.MostBytes)
        {
            Interlocked.Add(ref _bytes, -bytes);
            return new Refusal(429, $"memory: {_options.MostBytes} bytes of messages are under way already", RetrySeconds);
        }
        Interlocked.Increment(ref _inside);
        return null;
    }

    public void Leave(long bytes)
    {
        Interlocked.Add(ref _bytes, -bytes);
        Interlocked.Decrement(ref _inside);
    }

    /// <summary>Once the message is there: checks it and gives it to the queue. Null where the job will be completed by a worker.</summary>
    public Refusal? Submit(Job job)
    {
        if (_reader.Check(job.Message.AsSpan(0, job.Length), out var header, job.IsSealed) is { } wrong)
            return wrong;
        job.Header = header;
        job.Arrived = TimeProvider.System.GetTimestamp();
        return _queue.TryAdd(job) switch
        {
            Admission.Taken => null,
            Admission.Full => Full(),
            Admission.FullOfOne => new Refusal(429, $"queue: {_options.OfOne} messages of this client wait already", RetrySeconds),
            _ => new Refusal(503, "server: is stopping", RetrySeconds),
        };
    }

    /// <summary>Computes what is queued and stops.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _draining = true;
        _queue.Close();
        foreach (var worker in _workers)
            worker.Dispose();
        _tails.Dispose();
        Meters.Dispose();
    }

    private Refusal Full() => new(429, $"queue: {_options.MostWaiting} messages wait already", RetrySeconds);
}
