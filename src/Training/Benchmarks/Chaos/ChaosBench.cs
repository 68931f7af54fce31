using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Inference;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Remote;
using RlOffload.Training.Statistics;

namespace RlOffload.Training.Benchmarks.Chaos;

/// <param name="Requests">In all.</param>
/// <param name="Kills">How often the server is killed and started again.</param>
/// <param name="PerSecond">Requests that arrive each second, where the machine keeps up.</param>
/// <param name="Deadline">Of a request on average, s; each is within 40 % of it.</param>
/// <param name="Margin">How much earlier than it must the device takes over, s: what a pause of the machine may last without a miss.</param>
/// <param name="Command">Program and first arguments of this command, which serves.</param>
public sealed record ChaosOptions(
    int Requests, int Kills, double PerSecond, double Deadline, double Margin, Faults Faults, ulong Seed, IReadOnlyList<string> Command);

/// <param name="AnsweredOnce">Requests with exactly one outcome, and an answer in it.</param>
/// <param name="Wrong">Answers that are not what frame, plan and way of answering give without a link.</param>
/// <param name="Late">Answers later than deadline + 10 ms, and requests without one, that no stall of this process explains.</param>
/// <param name="LateInStalls">Those that one explains: without the stall they would have been in time, or it was longer than the margin.</param>
/// <param name="Missed">Requests without an answer; they are in one of the two before.</param>
/// <param name="Outcomes">By kind; reasons why it was not as planned.</param>
/// <param name="Kills">Of the server's process. Cut and truncated connections, corrupted and held pieces are the relay's.</param>
/// <param name="Stalls">Times that no thread of this process ran for 5 ms or more.</param>
public sealed record ChaosReport(
    int Requests, int AnsweredOnce, int Wrong, int Late, int LateInStalls, int Missed, IReadOnlyDictionary<string, int> Outcomes, IReadOnlyDictionary<string, int> Reasons,
    int Kills, int Restarts, long Cuts, long Corrupted, long Truncated, long Held, int Stalls, double StallSeconds, double LongestStallMs,
    BreakerCounts Breaker, double LatencyMsP50, double LatencyMsP99, double MaxOverDeadlineMs, double Seconds, double RequestsPerSecond);

/// <summary>
/// The real controller, heads, codec, frames on sockets and server process, with everything going wrong between them: the server killed and restarted, the link cut,
/// frames corrupted, truncated and held up. Every plan is chosen as often as every other.
/// </summary>
public sealed class ChaosBench(ChaosOptions options)
{
    private const double Grace = 0.01;
    private const int Frames = 32;
    /// <summary>More are not brought at once: on a machine that is busy otherwise they would queue for the device beyond their deadlines.</summary>
    private const int MostInFlight = 16;

    /// <summary>Before the run that counts: the first runs of anything are slow.</summary>
    private const int Warm = 600;

    private const double LongestPause = 0.005;

    private readonly byte[] _outcomes = new byte[options.Requests];
    private readonly bool[] _answered = new bool[options.Requests];
    private readonly double[] _latency = new double[options.Requests];
    private readonly int[] _kinds = new int[Enum.GetValues<OutcomeKind>().Length];
    private readonly int[] _reasons = new int[Enum.GetValues<Reason>().Length];
    private readonly List<Overdue> _overdue = [];
    private int _wrong, _ended, _kills, _restarts;
    private double _mostOver = double.NegativeInfinity;

    /// <param name="ended">Told how many requests have ended.</param>
    public async Task<ChaosReport> Run(Action<int> ended, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("rloffload-chaos-").FullName;
        try
        {
            var (network, profile) = TinyNetwork.Write(folder, options.Seed);
            return await Run(network, profile, ended, cancel).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<ChaosReport> Run(string network, string profilePath, Action<int> ended, CancellationToken cancel)
    {
        var profile = ProfileFile.Read(profilePath);
        var scenario = new Scenario
        {
            Uplink = new UplinkSpec(PriorBitsPerSecond: 1e9, PriorRtt: 0.001),
            Arrivals = new ArrivalSpec(ArrivalKind.Periodic, 1 / options.PerSecond),
            Deadlines = new DeadlineSpec(options.Deadline),
            Requests = options.Requests,
        };
        var model = new CostModel(new CostTable(profile, PlanTable.Of(profile, [2, 4, 8, 16, 32], probe: false), scenario), scenario);
        using var partitions = new PartitionSet(network, profile);
        byte[][] frames = [.. Enumerable.Range(0, Frames).Select(i => TinyNetwork.Frame(options.Seed + (ulong)i))];
        var known = new KnownAnswers(partitions, model, frames);
        var clock = new RunClock(TimeProvider.System);
        using var mailbox = new Mailbox(clock);
        using var pool = FlightPool.Of(partitions, TinyNetwork.FrameBytes, [.. PartitionSet.DeviceParts(model)], MostInFlight + 8);
        using var relay = new FaultyRelay(options.Faults, options.Seed);
        var server = new RemoteOptions(relay.Address, RemoteKind.Frames);
        using var device = new LocalDevice(server.Writer(partitions, "raw"), new PixelCodec(profile), model.Table, mailbox, pool, emulates: false);
        using var remote = RemoteClient.Connect(server, partitions, "raw", model, mailbox, pool);
        using var room = new SemaphoreSlim(MostInFlight);
        var breaker = new Breaker(new BreakerOptions(LongestBreak: 0.5), Rng.Keyed(options.Seed, 0, 0, RngPurpose.Explore));
        var controller = new Controller(
            new Deployment(model, new AnyPlan(Rng.Keyed(options.Seed, 0, 0, RngPurpose.Policy), model.Table.Plans.IndexOf(new(PlanKind.Drop, -1, -1, 0))), device, remote, pool),
            mailbox, options.Margin, flight =>
            {
                End(flight, known, clock.Now);
                room.Release();
            }, breaker);

        using var killing = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var first = await Serve(network, profilePath, cancel).ConfigureAwait(false);
        relay.Target = first.Address.Port;
        using var heartbeat = new Heartbeat(clock, LongestPause);
        var loop = Task.Factory.StartNew(controller.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var killer = Task.CompletedTask;
        var begun = 0.0;
        try
        {
            await WarmUp(controller, frames, room, clock, cancel).ConfigureAwait(false);
            begun = clock.Now;
            killer = Kill(first, relay, network, profilePath, clock, killing.Token);
            await Bring(controller, frames, room, clock, ended, cancel).ConfigureAwait(false);
        }
        finally
        {
            controller.Finish();
            await loop.ConfigureAwait(false);
            await killing.CancelAsync().ConfigureAwait(false);
            await killer.ConfigureAwait(false);
        }
        return Report(heartbeat, relay, breaker, begun, clock.Now);
    }

    /// <summary>Without deadlines that anything could miss.</summary>
    private static async Task WarmUp(Controller controller, byte[][] frames, SemaphoreSlim room, RunClock clock, CancellationToken cancel)
    {
        for (var i = 0; i < Warm; i++)
        {
            await room.WaitAsync(cancel).ConfigureAwait(false);
            controller.Submit(i % frames.Length, deadline: 10, (frame, pixels) => frames[frame].CopyTo(pixels));
        }
        for (var i = 0; i < MostInFlight; i++)
            await room.WaitAsync(cancel).ConfigureAwait(false);
        room.Release(MostInFlight);
    }

    private async Task Bring(Controller controller, byte[][] frames, SemaphoreSlim room, RunClock clock, Action<int> ended, CancellationToken cancel)
    {
        var rng = Rng.Keyed(options.Seed, 0, 0, RngPurpose.Deadline);
        var begun = clock.Now;
        for (var i = 0; i < options.Requests; i++)
        {
            // Timers count whole ms: what is due by then is brought together.
            if (i / options.PerSecond > clock.Now - begun)
                await Task.Delay(TimeSpan.FromMilliseconds(2), clock.Time, cancel).ConfigureAwait(false);
            await room.WaitAsync(cancel).ConfigureAwait(false);
            controller.Submit(rng.NextInt(frames.Length), options.Deadline * (0.6 + 0.8 * rng.NextDouble()), (frame, pixels) => frames[frame].CopyTo(pixels));
            if (i % 256 == 0)
                ended(Volatile.Read(ref _ended));
        }
    }

    private Task<ServerProcess> Serve(string network, string profile, CancellationToken cancel) =>
        ServerProcess.Start(options.Command, [network, "--profile", profile, "--transport", "frames"], cancel);

    /// <summary>Kills the server at even distances over the run, as soon as it is back up where that takes longer.</summary>
    private async Task Kill(ServerProcess server, FaultyRelay relay, string network, string profile, RunClock clock, CancellationToken cancel)
    {
        var begun = clock.Now;
        var every = options.Requests / options.PerSecond / (options.Kills + 1);
        try
        {
            for (var kill = 1; kill <= options.Kills; kill++)
            {
                await clock.Until(begun + kill * every, cancel).ConfigureAwait(false);
                server.Kill();
                _kills++;
                server = await Serve(network, profile, cancel).ConfigureAwait(false);
                _restarts++;
                relay.Target = server.Address.Port;
                // It is to be of use before the next one.
                await Task.Delay(TimeSpan.FromMilliseconds(100), clock.Time, cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
        finally
        {
            server.Dispose();
        }
    }

    /// <summary>On the controller's loop.</summary>
    private void End(Flight flight, KnownAnswers known, double now)
    {
        var request = flight.Request - Warm;
        if (request < 0)
            return;
        _outcomes[request]++;
        _kinds[(int)flight.Outcome.Kind]++;
        _reasons[(int)flight.Reason]++;
        _answered[request] = flight.Answer >= 0;
        _latency[request] = now - flight.Arrival;
        if (flight.Answer >= 0 && !known.Holds(flight))
            _wrong++;
        _mostOver = Math.Max(_mostOver, now - flight.Arrival - flight.Deadline);
        if (flight.Answer < 0 || now - flight.Arrival > flight.Deadline + Grace)
            _overdue.Add(new Overdue(flight.Arrival, flight.Deadline, now, flight.Answer < 0));
        Volatile.Write(ref _ended, _ended + 1);
    }

    private ChaosReport Report(Heartbeat heartbeat, FaultyRelay relay, Breaker breaker, double begun, double end)
    {
        var seconds = end - begun;
        bool Excused(Overdue o)
        {
            var stalled = heartbeat.Within(o.Arrival, o.Ended);
            return o.Missed ? stalled >= options.Margin : o.Ended - o.Arrival - stalled <= o.Deadline + Grace;
        }
        var excused = _overdue.Count(Excused);
        var (stalls, stallSeconds, longest) = heartbeat.Stalls;
        double[] sorted = [.. _latency.Order()];
        return new ChaosReport(
            options.Requests, _outcomes.Zip(_answered).Count(o => o.First == 1 && o.Second), _wrong, _overdue.Count - excused, excused, _overdue.Count(o => o.Missed),
            Named<OutcomeKind>(_kinds), Named<Reason>(_reasons, skip: 1), _kills, _restarts, relay.Cuts, relay.Corrupted, relay.Truncated, relay.Held,
            stalls, Math.Round(stallSeconds, 3), Math.Round(longest * 1e3, 1), breaker.Counts(end), Math.Round(Quantiles.Of(sorted, 0.5) * 1e3, 3),
            Math.Round(Quantiles.Of(sorted, 0.99) * 1e3, 3), Math.Round(_mostOver * 1e3, 3), Math.Round(seconds, 2), Math.Round(options.Requests / seconds, 1));
    }

    private static SortedDictionary<string, int> Named<T>(int[] counts, int skip = 0) where T : struct, Enum =>
        new(Enum.GetNames<T>().Zip(counts).Skip(skip).Where(c => c.Second > 0)
            .ToDictionary(c => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(c.First), c => c.Second), StringComparer.Ordinal);

    private readonly record struct Overdue(double Arrival, double Deadline, double Ended, bool Missed);
}
