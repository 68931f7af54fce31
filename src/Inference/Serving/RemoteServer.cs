using RlOffload.Environment;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Serving.Frames;
using RlOffload.Inference.Serving.Http;

namespace RlOffload.Inference.Serving;

/// <summary>
/// The remote half: takes tensors at a cut from many devices, runs the tails, answers. What is malformed, of another model, too long or too much is refused
/// with the reason, and the server goes on. It listens by HTTP, or by frames on a socket with HTTP beside it for health, metrics and the live page.
/// </summary>
public sealed class RemoteServer : IAsyncDisposable
{
    public const string InferPath = "/infer";
    public const string ProbePath = "/probe";
    public const string HealthPath = "/health";

    /// <summary>Of the answer to a probe by HTTP: <see cref="Wire.ControlHeader.Pace"/>.</summary>
    public const string PaceHeader = "Server-Pace";

    /// <summary>Of the answer to a probe by HTTP: <see cref="Wire.ControlHeader.ReceivedSeconds"/>, in us.</summary>
    public const string ReceivedHeader = "Server-Received-Us";

    private readonly ServerOptions _options;
    private readonly TailService _service;
    private readonly HttpFront? _http;
    private readonly FrameListener? _frames;

    /// <exception cref="InputException">Options are not allowed; all of them are named.</exception>
    public RemoteServer(PartitionSet partitions, ServerOptions options)
    {
        options.Check();
        (_options, _service) = (options, new TailService(partitions, options));
        if (options.Transport == Transport.Http)
            _http = new HttpFront(_service, options, options.Port);
        else
        {
            _frames = new FrameListener(_service, options);
            if (options.HttpPort >= 0)
                _http = new HttpFront(_service, options, options.HttpPort);
        }
    }

    /// <summary>Where devices send to, once started: http://, https:// or tcp://.</summary>
    public Uri Address => _frames?.Address ?? _http!.Address;

    /// <summary>Where health, metrics and the live page are, once started; null for nowhere.</summary>
    public Uri? HttpAddress => _http?.Address;

    public long Answered => _service.Meters.Answered;

    /// <summary>Messages that were malformed, of another model, too long, not allowed, or too many.</summary>
    public long Refused => _service.Meters.Refused;

    /// <summary>Messages whose device left before the answer.</summary>
    public long Abandoned => _service.Meters.Abandoned;

    /// <summary>Opens these tails and runs each once, so that the first request finds them warm. Before <see cref="Start"/>.</summary>
    public void Prepare(IEnumerable<PartKey> parts) => _service.Prepare(parts);

    /// <exception cref="InputException">The port is taken or not allowed.</exception>
    public async Task Start(CancellationToken cancel = default)
    {
        _service.Start();
        if (_http is not null)
            await _http.Start(cancel).ConfigureAwait(false);
        _frames?.Start();
        _options.Log.Information("Serving {Model} on {Address}", _service.Partitions.Profile.Model.Path, Address);
    }

    /// <summary>
    /// Looks for another network in its files, or waits for SIGHUP, until cancelled. What is new is opened, checked and run once beside the messages, and then served; what fails is refused,
    /// with the reason in the log, and the old one stays.
    /// </summary>
    /// <param name="open">Opens what is in the files now.</param>
    /// <param name="files"><inheritdoc cref="FileChanges" path="/param[@name='files']"/></param>
    /// <param name="seconds">Between two looks; infinite: only when SIGHUP asks.</param>
    public async Task Watch(Func<(PartitionSet Partitions, IEnumerable<PartKey> Parts)> open, IEnumerable<string> files, double seconds, CancellationToken cancel)
    {
        await foreach (var judge in new FileChanges(TimeProvider.System, seconds, onHangUp: true, () => FileChanges.Of(files)).Looks(cancel).ConfigureAwait(false))
        {
            _service.CloseUnused();
            if (judge)
                Swap(open);
        }
    }

    private void Swap(Func<(PartitionSet Partitions, IEnumerable<PartKey> Parts)> open)
    {
        var before = _service.Partitions.Profile.Model.Sha256;
        try
        {
            var (partitions, parts) = open();
            if (partitions.Profile.Model.Sha256.Equals(before, StringComparison.OrdinalIgnoreCase))
            {
                partitions.Dispose();
                return;
            }
            _service.Swap(partitions, parts);
        }
        catch (Exception e)
        {
            // Whatever is in the files, the server goes on with what it has.
            _service.Meters.Swap(taken: false);
            _options.Log.Error("Refused, {Model} stays: {Why}", before[..12], e.Message.ReplaceLineEndings("; "));
            return;
        }
        _service.Meters.Swap(taken: true);
        _options.Log.Warning("{Path} {Model} took over from {Before}", _service.Partitions.Profile.Model.Path, _service.Partitions.Profile.Model.Sha256[..12], before[..12]);
    }

    /// <summary>Waits for Ctrl-C, SIGTERM or the token, then lets requests under way finish.</summary>
    public async Task WaitForShutdown(CancellationToken cancel)
    {
        if (_http is not null)
            await _http.WaitForShutdown(cancel).ConfigureAwait(false);
        else
            await ShutdownSignal.Wait(cancel).ConfigureAwait(false);
        await Stop().ConfigureAwait(false);
    }

    /// <summary>Refuses what is new, answers what is inside, closes the connections.</summary>
    public async Task Stop()
    {
        _service.BeginDrain();
        if (_frames is not null)
            await _frames.Stop().ConfigureAwait(false);
        if (_http is not null)
            await _http.Stop().ConfigureAwait(false);
        _options.Log.Information("Stopped after {Answered} answers, {Refused} refusals and {Abandoned} abandoned messages", Answered, Refused, Abandoned);
    }

    public async ValueTask DisposeAsync()
    {
        if (_frames is not null)
            await _frames.DisposeAsync().ConfigureAwait(false);
        if (_http is not null)
            await _http.DisposeAsync().ConfigureAwait(false);
        _service.Dispose();
    }
}
