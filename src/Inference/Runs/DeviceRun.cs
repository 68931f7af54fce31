using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Sources;

namespace RlOffload.Inference.Runs;

/// <param name="Policy">Folder of the frozen policy.</param>
/// <param name="Model">Null: the file that the policy names; the same for <paramref name="Profile"/>.</param>
/// <param name="Log">Decision log; null: none.</param>
/// <param name="MemoryMb">MiB that the process may grow by for the parts of the network.</param>
/// <param name="ProbeBudget">Bytes a second that probes may cost; infinite: as the policy wants.</param>
/// <param name="Seed">Of the jitter with which a failed server is tried again.</param>
public sealed record DeviceOptions(
    string Policy, RemoteOptions Remote, string? Model = null, string? Profile = null, string? Log = null, double MemoryMb = double.PositiveInfinity,
    double ProbeBudget = double.PositiveInfinity, ulong Seed = 1);

/// <summary>What the device did since it began.</summary>
/// <param name="Outcomes">By kind; plans as chosen; reasons why a request was not answered as planned.</param>
/// <param name="LatencyMs">Of the last requests that were answered, at most 4,096.</param>
/// <param name="Link">Null where nothing was sent and answered.</param>
/// <param name="Late">Answers that came more than 10 ms after their deadline.</param>
public sealed record DeviceReport(
    int Requests, IReadOnlyDictionary<string, int> Outcomes, IReadOnlyDictionary<string, int> Reasons, IReadOnlyDictionary<string, int> Plans, Spread LatencyMs, int Late,
    BreakerCounts Breaker, LinkEstimate? Link, double ProbeBytes, long PolicyFallbacks, string? Refusal, double Seconds, IReadOnlyList<string> Warnings);

/// <summary>
/// The device as it is deployed: requests from a source, the policy, ONNX Runtime and the network as they are; nothing is emulated.
/// <see cref="Controller"/> is its loop.
/// </summary>
public sealed class DeviceRun : IDisposable
{
    private const int Recent = 4096;
    private const double Grace = 0.01;

    private readonly DeviceOptions _options;
    private readonly DeployedPolicy _policy;
    private readonly PartitionSet _partitions;
    private readonly List<string> _warnings = [];
    private readonly SortedDictionary<string, int> _outcomes = new(StringComparer.Ordinal), _reasons = new(StringComparer.Ordinal), _plans = new(StringComparer.Ordinal);
    private readonly double[] _latencies = new double[Recent];
    private int _requests, _answered, _late;

    /// <exception cref="InputException">The policy is refused, or a file is missing.</exception>
    public DeviceRun(DeviceOptions options)
    {
        _options = options;
        var policy = FrozenPolicyFile.Read(options.Policy);
        var profile = ProfileFile.Read(options.Profile ?? FrozenPolicyFile.Require(options.Policy, policy.Profile.Path, "--profile"));
        _policy = DeployedPolicy.Open(options.Policy, profile, _warnings.Add);
        _partitions = new PartitionSet(options.Model ?? FrozenPolicyFile.Require(options.Policy, policy.Model.Path, "--model"), profile);
        ImageBytes = new PixelCodec(profile).ImageBytes;
        if (policy.Scenario.Device.TimeFactor != 1)
            _warnings.Add($"the policy was trained for a device that takes {policy.Scenario.Device.TimeFactor} times as long as the profile's machine; here it takes what it takes");
    }

    /// <summary>Of an image, one a number of the input.</summary>
    public int ImageBytes { get; }

    public IReadOnlyList<long> InputShape => _partitions.Profile.Model.Shape;

    /// <summary>That requests have on average where the policy was trained, s.</summary>
    public double Deadline => _policy.Model.Scenario.Deadlines.Median;

    public RunClock Clock { get; } = new(TimeProvider.System);

    /// <summary>Runs until the source has no more.</summary>
    /// <param name="ended">Told how many requests have ended.</param>
    public async Task<DeviceReport> Play(IRequestSource source, Action<int>? ended, CancellationToken cancel)
    {
        var model = _policy.Model;
        var encoding = model.Scenario.Uplink.InputEncoding;
        using var mailbox = new Mailbox(Clock);
        using var pool = FlightPool.Within(_partitions, ImageBytes, model, _options.MemoryMb * 1048576, ready: 4, out var prepared);
        if (prepared.Count(p => !p) is > 0 and var left)
            _warnings.Add($"{left} of {model.Count} plans are not used: their parts of the network do not fit into {_options.MemoryMb} MiB");
        using var device = new LocalDevice(_options.Remote.Writer(_partitions, encoding), new PixelCodec(_partitions.Profile), model.Table, mailbox, pool, emulates: false);
        using var remote = RemoteClient.Connect(_options.Remote, _partitions, encoding, model, mailbox, pool);
        using var log = _options.Log is { } path ? new DecisionLog(path, _ => null, time: TimeProvider.System) : null;
        var breaker = new Breaker(new BreakerOptions(), new Rng(_options.Seed));
        var probes = new ProbeBudget(_options.ProbeBudget, CostModel.ProbeBytes);
        var link = new LinkEstimator();
        var controller = new Controller(model, _policy, device, remote, pool, mailbox, Controller.WakeMargin, flight =>
        {
            Count(flight);
            log?.Add(flight);
            source.Ended(flight);
            ended?.Invoke(_requests);
        }, breaker, prepared) { Probes = probes, Link = link };
        FirstRuns.Make(_policy, model, pool, _options.Remote.Writer(_partitions, encoding), prepared, (_, pixels) => pixels.Clear());
        var loop = Task.Factory.StartNew(controller.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await source.Bring(controller, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // What is under way is still answered.
        }
        finally
        {
            controller.Finish();
            await loop.ConfigureAwait(false);
        }
        if (log?.Problem is { } problem)
            _warnings.Add($"the decision log lacks lines ({problem})");
        var now = Clock.Now;
        return new DeviceReport(_requests, _outcomes, _reasons, _plans, Spread.OfSeconds(_latencies.Take(Math.Min(_answered, Recent))), _late, breaker.Counts(now), link.At(now) is { Transfers: > 0, Answers: > 0 } known ? known : null,
            probes.Spent, _policy.Fallbacks + controller.PolicyFailures, remote.LastRefusal, Math.Round(now, 3), _warnings);
    }

    public void Dispose()
    {
        _policy.Dispose();
        _partitions.Dispose();
    }

    private void Count(Flight flight)
    {
        _requests++;
        Add(_outcomes, System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(flight.Outcome.Kind.ToString()));
        Add(_plans, flight.Plan.ToString());
        if (flight.Reason != Reason.None)
            Add(_reasons, System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(flight.Reason.ToString()));
        if (!flight.Outcome.InTime)
            return;
        _latencies[_answered++ % Recent] = flight.Outcome.Latency;
        if (Clock.Now - flight.Arrival > flight.Deadline + Grace)
            _late++;
    }

    private static void Add(SortedDictionary<string, int> counts, string name) => counts[name] = counts.GetValueOrDefault(name) + 1;
}
