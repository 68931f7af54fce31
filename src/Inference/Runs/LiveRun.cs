using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Environment.Simulation;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Emulation;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Images;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Runs;

/// <summary>
/// Plays the scenario that a policy was trained for in real time: real images, real heads and tails, real bytes on a real socket to a server process.
/// Emulated are only what this machine does not have: a slower device (its station stays busy for the scenario's time), the link (what is written
/// to the socket is paced by the trace), the round trip and the server's speed and load (the answer is held back).
/// </summary>
public sealed class LiveRun
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(10);

    private readonly RunOptions _options;
    private readonly RemoteOptions _remote;
    private readonly FrozenPolicy _policy;
    private readonly ModelProfile _profile;
    private readonly string _modelPath;
    private readonly LabelledImages _images;
    private readonly LinkTrace _trace;
    private readonly TraceLinks _links;
    private readonly Scenario _scenario;
    private readonly List<string> _warnings = [];

    /// <summary>Opens and checks everything but the server.</summary>
    /// <exception cref="InputException">An option or file is refused.</exception>
    public LiveRun(RunOptions options)
    {
        _options = options;
        if (!(options.Speed > 0) || options.Speed > 1000)
            throw new InputException("run", "--speed", $"is {options.Speed}, allowed is above 0 to 1000");
        if (!(options.MemoryMb > 0))
            throw new InputException("run", "--memory-mb", $"is {options.MemoryMb}, allowed is above 0");
        if (options.Requests is < 1)
            throw new InputException("run", "--requests", $"is {options.Requests}, allowed is 1 or more");
        if (options.RttMs is { } ms && (!(ms >= 0) || !double.IsFinite(ms)))
            throw new InputException("run", "--rtt", $"is {ms}, allowed is a number of ms of 0 or more");
        OpenModelName.Check(options.OipModel);
        _remote = new RemoteOptions(options.Server, options.Remote, options.Token, options.OipModel);
        _policy = FrozenPolicyFile.Read(options.Policy);
        _profile = ProfileFile.Read(options.Profile ?? FrozenPolicyFile.Require(options.Policy, _policy.Profile.Path, "--profile"));
        _modelPath = options.Model ?? FrozenPolicyFile.Require(options.Policy, _policy.Model.Path, "--model");
        var shape = _profile.Model.Shape;
        _images = LabelledImages.Read(options.Images, options.Labels, shape.Count == 4 ? [.. shape.Skip(1)] : shape, 0, int.MaxValue, options.Seed);
        _scenario = _policy.Scenario with { Requests = options.Requests ?? _images.Count };
        _trace = ReadLink();
        var rtt = options.RttMs is { } told ? RttModel.Constant(told) : _trace.RoundTrips ?? RttModel.Constant(_scenario.Uplink.PriorRtt * 1000);
        _links = new TraceLinks([new LinkWindow(_trace, 0, 0)], rtt, _trace.Name);
        if (_scenario.Device.TimeFactor < 1)
            _warnings.Add($"the scenario's device is faster than the profile's machine (factor {_scenario.Device.TimeFactor}); it cannot be emulated, real times are taken");
        if (_scenario.Device.TimeFactor <= 1 && _policy.Plans.FirstOrDefault(p => p.Clock is not null) is { Clock: { } clock })
            throw new InputException(options.Policy, "plans", $"sets the device's clock to {clock}, which this program cannot do; allowed are such plans where "
                + "the device is emulated (a time factor above 1)");
    }

    public int Requests => _scenario.Requests;

    /// <exception cref="InputException">The policy is refused, or the server serves another model.</exception>
    public async Task<RunReport> Play(IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        using var policy = DeployedPolicy.Open(_options.Policy, _policy, _profile, _warnings.Add, _options.Engine);
        using var partitions = new PartitionSet(_modelPath, _profile);
        var model = new CostModel(policy.Model.Table, _scenario);
        var draw = new WindowDraw(_scenario, _links, _options.Seed);
        draw.Draw(0);
        var alive = await CheckServer(partitions, model, cancel).ConfigureAwait(false);

        using var precise = new PreciseTime();
        var clock = new RunClock(_options.Speed == 1 ? precise : new ScaledTime(precise, _options.Speed));
        using var mailbox = new Mailbox(clock);
        var pixels = new PixelCodec(_profile);
        using var pool = FlightPool.Within(partitions, pixels.ImageBytes, model, _options.MemoryMb * 1048576, ready: 2, out var prepared);
        if (prepared.Count(p => !p) is > 0 and var left)
            _warnings.Add($"{left} of {model.Count} plans are not used: their parts of the network do not fit into {_options.MemoryMb} MiB");
        var link = new ShapedLink(draw, clock);
        var encoding = _scenario.Uplink.InputEncoding;
        using var device = new LocalDevice(_remote.Writer(partitions, encoding), pixels, model.Table, mailbox, pool, emulates: _scenario.Device.TimeFactor > 1);
        using var remote = new RemoteClient(
            _remote.Open(clock, link, partitions), _remote.Writer(partitions, encoding), model, mailbox, pool, link, new EmulatedPath(draw));
        using var log = _options.Log is { } path ? new DecisionLog(path, image => _images.Label(image), time: TimeProvider.System) : null;
        var flights = new List<FlightRecord>(Requests);
        var estimator = new LinkEstimator();
        var breaker = new Breaker(new BreakerOptions(), new Rng(_options.Seed));
        var controller = new Controller(new Deployment(model, policy, device, remote, pool, prepared), mailbox, Controller.WakeMargin * _options.Speed, flight =>
        {
            flights.Add(FlightRecord.Of(flight));
            log?.Add(flight);
            progress?.Report(new RunProgress(flights.Count, Requests, clock.Now));
        }, breaker) { Probes = new ProbeBudget(_options.ProbeBudget, CostModel.ProbeBytes), Link = estimator };

        if (alive)
            alive = await remote.WarmUp(cancel).ConfigureAwait(false);
        FirstRuns.Make(policy, model, pool, _remote.Writer(partitions, encoding), prepared, (image, pixels) => _images.Pixels(image).CopyTo(pixels));
        clock.Restart();
        var loop = Task.Factory.StartNew(controller.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Bring(controller, draw, clock, cancel).ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        return Report(model, policy, controller, breaker, estimator.At(clock.Now), remote, [.. flights.OrderBy(f => f.Request)], alive, clock.Now);
    }

    /// <summary>Submits each request when it arrives.</summary>
    private async Task Bring(Controller controller, WindowDraw draw, RunClock clock, CancellationToken cancel)
    {
        try
        {
            for (var i = 0; i < Requests; i++)
            {
                await clock.Until(draw.ArrivalTimes[i], cancel).ConfigureAwait(false);
                controller.Submit(i % _images.Count, draw.Deadlines[i], (image, pixels) => _images.Pixels(image).CopyTo(pixels));
            }
        }
        catch (OperationCanceledException)
        {
            // What is under way is still answered; the caller throws.
        }
        finally
        {
            controller.Finish();
        }
    }

    private async Task<bool> CheckServer(PartitionSet partitions, CostModel model, CancellationToken cancel)
    {
        if (_remote.Kind == RemoteKind.Oip)
            return await CheckTails(partitions, model, cancel).ConfigureAwait(false);
        // By frames the server's word comes with the connection; another model is refused message by message.
        if (_remote.Kind == RemoteKind.Frames)
            return true;
        var health = await ServerHealth.Of(_options.Server, HealthTimeout, cancel).ConfigureAwait(false);
        if (health is null)
        {
            _warnings.Add($"{_options.Server} does not answer; whatever it does not answer is answered on the device");
            return false;
        }
        if (health.Wire != RequestHeader.Version)
            throw new InputException("run", "--server", $"{_options.Server} takes messages of version {health.Wire}, allowed is {RequestHeader.Version}");
        if (!health.Sha256.Equals(_profile.Model.Sha256, StringComparison.OrdinalIgnoreCase))
            throw new InputException("run", "--server", $"{_options.Server} serves {health.Model} with {health.Sha256}, the policy is for {_profile.Model.Sha256}");
        return true;
    }

    private async Task<bool> CheckTails(PartitionSet partitions, CostModel model, CancellationToken cancel)
    {
        var plans = model.Table.Plans.Plans.Where(p => p.Kind is PlanKind.Split or PlanKind.Remote).ToList();
        if (plans.Any(p => p.Kind == PlanKind.Remote || p.Bits < 32))
            _warnings.Add("the Open Inference Protocol carries plain tensors: plans of fewer bits and images send more bytes than was predicted");
        using var wire = new OpenWire(_options.Server, new RunClock(TimeProvider.System), null, _options.Token, partitions, _options.OipModel);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(HealthTimeout);
        try
        {
            var missing = await wire.Missing(plans.Select(p => (p.Exit, p.Cut)).Distinct(), time.Token).ConfigureAwait(false);
            return missing.Count == 0 ? true
                : throw new InputException("run", "--server", $"{_options.Server} has not ready what the policy needs: {string.Join(", ", missing)}; --oip-model says how tails are called");
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            _warnings.Add($"{_options.Server} does not answer; whatever it does not answer is answered on the device");
            return false;
        }
    }

    private RunReport Report(
        CostModel model, DeployedPolicy policy, Controller controller, Breaker breaker, LinkEstimate link, RemoteClient remote, IReadOnlyList<FlightRecord> flights, bool alive, double seconds)
    {
        var twin = SimulatedTwin.Play(model, _links, _options.Seed, [.. flights.Select(f => (f.PlanIndex, f.Way))]);
        var summary = new RunSummary(model, flights, twin);
        return new RunReport
        {
            Requests = flights.Count,
            Model = _modelPath,
            Policy = _options.Policy,
            Link = _options.Link,
            LinkMeanMbitS = Math.Round(_trace.MeanBitsPerSecond * _scenario.Uplink.RateScale / 1e6, 4),
            Speed = _options.Speed,
            DeviceTimeFactor = _scenario.Device.TimeFactor,
            ServerTimeFactor = _scenario.Server.TimeFactor,
            Seconds = Math.Round(seconds, 3),
            Reward = Math.Round(summary.Reward, 5),
            RewardPredicted = Math.Round(summary.RewardPredicted, 5),
            Accuracy = summary.Accuracy(_images.Label),
            LatencyMs = summary.Latency,
            ModelError = summary.ModelError,
            ModelErrors = summary.ModelErrors,
            ExpectedError = summary.ExpectedError,
            Parts = summary.Parts,
            Outcomes = summary.Outcomes,
            SameOutcome = Math.Round(summary.SameOutcome, 5),
            Plans = summary.Plans,
            Reasons = summary.Reasons,
            Refusal = remote.LastRefusal,
            DecisionUs = summary.Decisions,
            PolicyFallbacks = policy.Fallbacks + controller.PolicyFailures,
            Breaker = breaker.Counts(seconds),
            LinkEstimate = link.Transfers > 0 && link.Answers > 0 ? link : null,
            HeadTimeRatio = summary.HeadTimeRatio,
            HeaderBytes = summary.HeaderBytes,
            EnergyJ = Math.Round(controller.Energy, 3),
            ServerAnswered = alive,
            Warnings = _warnings,
        };
    }

    private LinkTrace ReadLink()
    {
        if (!_options.Link.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            return TraceFile.Read(_options.Link).Trace;
        var link = LinkModel.Read(_options.Link);
        return link.Draw(_options.Seed, 0, Math.Max(60, Requests * _scenario.Arrivals.MeanGap * 1.5)).With(link.Rtt);
    }
}
