using Microsoft.ML.OnnxRuntime;
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
/// <param name="Watch">How often it is looked whether the files of policy and network are others, s; infinite: never.</param>
/// <param name="SwapOnHangUp">Whether SIGHUP asks for that look.</param>
/// <param name="ProbeIdle">A link that nothing was sent on for so long, s, is probed within the budget; infinite: never.</param>
/// <param name="PingIdle">A server that nothing was heard of for so long, s, is asked for round trip and load; infinite: never.</param>
/// <param name="Engine">What runs a policy that is a graph.</param>
public sealed record DeviceOptions(
    string Policy, RemoteOptions Remote, string? Model = null, string? Profile = null, string? Log = null, double MemoryMb = double.PositiveInfinity,
    double ProbeBudget = double.PositiveInfinity, ulong Seed = 1, double Watch = double.PositiveInfinity, bool SwapOnHangUp = false,
    PolicyEngine Engine = PolicyEngine.Auto, double ProbeIdle = double.PositiveInfinity, double PingIdle = double.PositiveInfinity);

/// <summary>What the device did since it began.</summary>
/// <param name="Outcomes">By kind; plans as chosen; reasons why a request was not answered as planned.</param>
/// <param name="LatencyMs">Of the last requests that were answered, at most 4,096.</param>
/// <param name="Link">Null where nothing was sent and answered.</param>
/// <param name="Accuracy">Share of the requests whose class is known that were answered right and in time; null where none is known.</param>
/// <param name="Late">Answers that came more than 10 ms after their deadline.</param>
public sealed record DeviceReport(
    int Requests, IReadOnlyDictionary<string, int> Outcomes, IReadOnlyDictionary<string, int> Reasons, IReadOnlyDictionary<string, int> Plans, Spread LatencyMs, double? Accuracy, int Late,
    BreakerCounts Breaker, LinkEstimate? Link, double ProbeBytes, long PolicyFallbacks, string? Refusal, SwapReport Swaps, double Seconds, IReadOnlyList<string> Warnings);

/// <summary>
/// The device as it is deployed: requests from a source, the policy, ONNX Runtime and the network as they are; nothing is emulated.
/// <see cref="Controller"/> is its loop.
/// </summary>
public sealed class DeviceRun : IDisposable
{
    private const int Recent = 4096;
    private const double Grace = 0.01;

    private readonly DeviceOptions _options;
    private readonly DevicePolicy _policy;
    private readonly PartitionSet _partitions;
    private readonly List<string> _warnings = [];
    private readonly Dictionary<OutcomeKind, int> _outcomes = [];
    private readonly Dictionary<Reason, int> _reasons = [];
    private readonly Dictionary<OffloadPlan, int> _plans = [];
    private readonly double[] _latencies = new double[Recent];
    private int _requests, _answered, _late, _labelled, _right;
    private bool _played;

    /// <exception cref="InputException">The policy is refused, or a file is missing.</exception>
    public DeviceRun(DeviceOptions options)
    {
        _options = options;
        // Its library is large; it loads while the files are read.
        Task.Run(OrtEnv.Instance);
        _policy = DevicePolicy.Open(options, Warn);
        _partitions = new PartitionSet(_policy.ModelPath, _policy.Profile);
        ImageBytes = new PixelCodec(_policy.Profile).ImageBytes;
        (InputShape, Deadline) = (_policy.Profile.Model.Shape, _policy.Frozen.Scenario.Deadlines.Median);
    }

    /// <summary>Of an image, one a number of the input.</summary>
    public int ImageBytes { get; }

    public IReadOnlyList<long> InputShape { get; }

    /// <summary>That requests have on average where the policy was trained, s.</summary>
    public double Deadline { get; }

    public RunClock Clock { get; } = new(TimeProvider.System);

    /// <summary>Runs until the source has no more. Once.</summary>
    /// <param name="ended">Told how many requests have ended.</param>
    /// <param name="said">Told of policies that took over or were refused, from any thread.</param>
    public async Task<DeviceReport> Play(IRequestSource source, Action<int>? ended, CancellationToken cancel, Action<string>? said = null)
    {
        ObjectDisposedException.ThrowIf(_played, this);
        _played = true;
        using var mailbox = new Mailbox(Clock);
        using var swap = new HotSwap(_options, _policy, _partitions, mailbox, Warn);
        using var log = _options.Log is { } path ? new DecisionLog(path, source.Label, time: TimeProvider.System) : null;
        var breaker = new Breaker(new BreakerOptions(), new Rng(_options.Seed));
        var probes = new ProbeBudget(_options.ProbeBudget, CostModel.ProbeBytes);
        var link = new LinkEstimator();
        var controller = new Controller(swap.First, mailbox, Controller.WakeMargin, flight =>
        {
            Count(flight, source.Label(flight.Image));
            log?.Add(flight);
            source.Ended(flight);
            ended?.Invoke(_requests);
        }, breaker) { Probes = probes, Link = link, ProbeIdle = _options.ProbeIdle, PingIdle = _options.PingIdle };
        using var over = new CancellationTokenSource();
        if (source.Waits)
            swap.PrepareRest(cancel);
        var preparing = source.Waits ? Task.CompletedTask : PrepareRest(swap, over.Token);
        var loop = Task.Factory.StartNew(controller.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var watching = Task.Run(() => swap.Watch(controller, said, over.Token), CancellationToken.None);
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
            await over.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
            await preparing.ConfigureAwait(false);
        }
        if (log?.Problem is { } problem)
            _warnings.Add($"the decision log lacks lines ({problem})");
        var now = Clock.Now;
        return new DeviceReport(_requests, Named(_outcomes, Snake), Named(_reasons, Snake), Named(_plans, p => p.ToString()), Spread.OfSeconds(_latencies.Take(Math.Min(_answered, Recent))),
            _labelled > 0 ? Math.Round(_right / (double)_labelled, 5) : null, _late, breaker.Counts(now), link.At(now) is { Transfers: > 0, Answers: > 0 } known ? known : null,
            probes.Spent, swap.Fallbacks + controller.PolicyFailures, swap.LastRefusal, swap.Report, Math.Round(now, 3), _warnings);
    }

    /// <summary>Of what was opened and never played; whoever plays it closes it.</summary>
    public void Dispose()
    {
        if (_played)
            return;
        _played = true;
        _policy.Dispose();
        _partitions.Dispose();
    }

    /// <summary>Beside the loop: what cannot be opened is not chosen, and nobody waits for it.</summary>
    private async Task PrepareRest(HotSwap swap, CancellationToken cancel)
    {
        try
        {
            await Task.Run(() => swap.PrepareRest(cancel), CancellationToken.None).ConfigureAwait(false);
        }
        catch (InputException e)
        {
            Warn($"plans are left out: {e.Message}");
        }
    }

    /// <summary>From any thread.</summary>
    private void Warn(string warning)
    {
        lock (_warnings)
            _warnings.Add(warning);
    }

    private void Count(Flight flight, int? label)
    {
        _requests++;
        _outcomes[flight.Outcome.Kind] = _outcomes.GetValueOrDefault(flight.Outcome.Kind) + 1;
        _plans[flight.Plan] = _plans.GetValueOrDefault(flight.Plan) + 1;
        if (flight.Reason != Reason.None)
            _reasons[flight.Reason] = _reasons.GetValueOrDefault(flight.Reason) + 1;
        _labelled += label is null ? 0 : 1;
        _right += label is { } known && flight.Answer == known ? 1 : 0;
        if (!flight.Outcome.InTime)
            return;
        _latencies[_answered++ % Recent] = flight.Outcome.Latency;
        if (Clock.Now - flight.Arrival > flight.Deadline + Grace)
            _late++;
    }

    private static SortedDictionary<string, int> Named<T>(Dictionary<T, int> counts, Func<T, string> name)
        where T : notnull
    {
        var named = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (key, count) in counts)
            named[name(key)] = named.GetValueOrDefault(name(key)) + count;
        return named;
    }

    private static string Snake<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
