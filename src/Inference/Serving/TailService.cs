using RlOffload.Environment;
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
    private readonly TailWorker[] _workers;
    private volatile ServedModel[] _models; // the one that is served first; then the one before it while it lingers
    private readonly List<ServedModel> _leaving = [];
    private long _swappedAt;
    private long _bytes;
    private int _inside;
    private volatile bool _draining;
    private bool _disposed;

    public TailService(PartitionSet partitions, ServerOptions options)
    {
        (_options, _models) = (options, [new ServedModel(partitions, options, owns: false)]);
        _queue = new FairQueue(options.MostWaiting, options.OfOne);
        _rate = new RateLimit(options.MostPerSecond, TimeProvider.System);
        _load = new LoadMeter(options.Workers, TimeProvider.System);
        _workers = [.. Enumerable.Range(0, options.Workers).Select(i => new TailWorker(i, _queue, options, _load))];
        Meters.Gauge("rloffload.waiting", "{message}", "Messages that wait for a worker.", () => Waiting);
        Meters.Gauge("rloffload.busy", "1", "Share of the last second that the workers computed.", () => Busy);
        Meters.Gauge("rloffload.held", "By", "Bytes of bodies that are received, wait or are computed.", () => Interlocked.Read(ref _bytes));
    }

    /// <summary>What is served now.</summary>
    public ServedModel Model => _models[0];

    public PartitionSet Partitions => Model.Partitions;

    public ServerMeters Meters { get; } = new();

    /// <summary>Bytes of the longest message that a network has which is served now, or lingers.</summary>
    public int MostMessage => _models is [var now, var before] ? Math.Max(now.MostMessage, before.MostMessage) : Model.MostMessage;

    /// <summary>Numbers of the largest cut of the same networks.</summary>
    public long MostElements => _models is [var now, var before] ? Math.Max(now.MostElements, before.MostElements) : Model.MostElements;

    public int Waiting => _queue.Count;

    public double Busy => _load.Busy;

    /// <summary>Messages that were let in and have no answer yet.</summary>
    public int Inside => Volatile.Read(ref _inside);

    public bool Ready => !_draining;

    /// <summary>Opens these tails and runs each once in every worker, so that the first request finds them warm.</summary>
    public void Prepare(IEnumerable<PartKey> parts) => Prepare(Model, parts);

    private void Prepare(ServedModel model, IEnumerable<PartKey> parts)
    {
        foreach (var part in parts)
            foreach (var worker in _workers)
                worker.Prepare(model, part.Exit, part.Cut);
    }

    /// <summary>
    /// Another network is served from now on; messages that are inside are computed with the one that they are for. Messages that still come for the one before are answered for
    /// <see cref="ServerOptions.Linger"/>. Everything is opened and run once before that. For one thread at a time, which also calls <see cref="CloseUnused"/>.
    /// </summary>
    /// <param name="partitions">Owned from now on, also where it is refused.</param>
    /// <exception cref="InputException">A tail cannot be opened or run, or its messages are longer than all that may be under way.</exception>
    public void Swap(PartitionSet partitions, IEnumerable<PartKey> parts)
    {
        var next = new ServedModel(partitions, _options, owns: true);
        try
        {
            if (next.MostMessage > _options.MostBytes)
                throw new InputException(partitions.Profile.Model.Path, "cuts", $"have messages of up to {next.MostMessage} bytes, allowed is what all messages under way may take, {_options.MostBytes} (--memory-mb)");
            Prepare(next, parts);
        }
        catch
        {
            Release(next);
            throw;
        }
        var before = _models;
        _swappedAt = TimeProvider.System.GetTimestamp();
        _models = [next, before[0]];
        Close(before[1..]);
        CloseUnused();
    }

    /// <summary>Frees networks before the one that is served, once they have lingered and their last message is answered.</summary>
    public void CloseUnused()
    {
        if (_models is [var now, var before] && TimeProvider.System.GetElapsedTime(_swappedAt) >= _options.Linger)
        {
            _models = [now];
            Close([before]);
        }
        foreach (var model in _leaving.Where(m => m.IsEmpty).ToList())
        {
            _leaving.Remove(model);
            Release(model);
        }
    }

    private void Close(ServedModel[] models)
    {
        foreach (var model in models)
        {
            model.Close();
            _leaving.Add(model);
        }
    }

    private void Release(ServedModel model)
    {
        foreach (var worker in _workers)
            worker.Forget(model);
        model.Dispose();
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
        var model = ModelOf(job.Message.AsSpan(0, job.Length));
        if (model.Reader.Check(job.Message.AsSpan(0, job.Length), out var header, job.IsSealed) is { } wrong)
        {
            model.Leave();
            return wrong;
        }
        (job.Header, job.Model) = (header, model);
        job.Arrived = TimeProvider.System.GetTimestamp();
        var admission = _queue.TryAdd(job);
        if (admission == Admission.Taken)
            return null;
        model.Leave();
        return admission switch
        {
            Admission.Full => Full(),
            Admission.FullOfOne => new Refusal(429, $"queue: {_options.OfOne} messages of this client wait already", RetrySeconds),
            _ => new Refusal(503, "server: is stopping", RetrySeconds),
        };
    }

    /// <summary>The network that the message is for, entered; the one that is served where there is none such, to say so.</summary>
    private ServedModel ModelOf(ReadOnlySpan<byte> message)
    {
        while (true)
        {
            var models = _models;
            var named = message.Length < RequestHeader.Size ? 0 : RequestHeader.ModelIn(message);
            var model = models.Length > 1 && models[1].Hash == named ? models[1] : models[0];
            if (model.TryEnter())
                return model;
        }
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
        foreach (var model in _models.Concat(_leaving))
            model.Dispose();
        Meters.Dispose();
    }

    private Refusal Full() => new(429, $"queue: {_options.MostWaiting} messages wait already", RetrySeconds);
}
