using System.Diagnostics;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Inference;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Runs;
using RlOffload.Training.Benchmarks.Chaos;
using RlOffload.Training.Statistics;

namespace RlOffload.Training.Benchmarks;

/// <param name="Path">What was done for each request.</param>
/// <param name="Bytes">Allocated by the whole process for a request, all threads together; median over rounds.</param>
/// <param name="P50Us">From the request to its answer, a server process on this machine included; medians over rounds, as the next.</param>
public sealed record LoopCost(string Path, double Bytes, double P50Us, double P99Us);

/// <summary>What the device's loop costs a request besides the network: one request after the other against a server process by frames, a network that takes some 20 us.</summary>
public static class LoopBench
{
    private const int Calls = 2000;
    private const string Plan = "cut1@2/8b";

    /// <param name="command">Program and first arguments of this command, which serves.</param>
    public static async Task<IReadOnlyList<LoopCost>> Run(int rounds, IReadOnlyList<string> command, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("rloffload-loop-").FullName;
        try
        {
            var (network, profile) = TinyNetwork.Write(folder, seed: 1);
            using var server = await ServerProcess.Start(command, [network, "--profile", profile, "--transport", "frames"], cancel).ConfigureAwait(false);
            var remote = new RemoteOptions(server.Address, RemoteKind.Frames);
            using var partitions = new PartitionSet(network, ProfileFile.Read(profile));
            return
            [
                Send(rounds, partitions, remote),
                Loop("decide, head, encode, send, answer", rounds, partitions, remote, null),
                Loop("the same with the decision log", rounds, partitions, remote, Path.Combine(folder, "decisions.log")),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A message that is made already goes out and is answered.</summary>
    private static LoopCost Send(int rounds, PartitionSet partitions, RemoteOptions server)
    {
        var model = Model(partitions.Profile);
        using var mailbox = new Mailbox(new RunClock(TimeProvider.System));
        using var pool = FlightPool.Of(partitions, TinyNetwork.FrameBytes, [], ready: 1);
        using var remote = RemoteClient.Connect(server, partitions, "raw", model, mailbox, pool);
        var (plan, pixels, writer) = (IndexOf(model), new PixelCodec(partitions.Profile), server.Writer(partitions, "raw"));
        var frame = TinyNetwork.Frame(1);
        return Measure("send, answer", rounds, request =>
        {
            var flight = pool.Take();
            frame.CopyTo(flight.Pixels, 0);
            flight.Begin(request, 0, 0, 1);
            flight.Planned(plan, model.Table.Plans[plan], default, flight.Seen, 0);
            pixels.Fill(flight.Pixels, flight.Store!.Input.Bytes);
            flight.Store.RunHead(flight.Plan.Cut);
            flight.MessageBytes = writer.Write(flight.Plan, (ulong)request, flight.Pixels, flight.Store, ref flight.Message);
            remote.Send(flight);
            while (true)
                if (!mailbox.TryTake(out var told))
                    mailbox.WaitUntil(mailbox.Clock.Now + 1);
                else if (told.What == What.Answered)
                    return;
                else if (told.What == What.Failed)
                    throw new InputException("bench", "loop", $"the server did not answer ({told.Reason})");
        });
    }

    private static LoopCost Loop(string path, int rounds, PartitionSet partitions, RemoteOptions server, string? logPath)
    {
        var model = Model(partitions.Profile);
        using var mailbox = new Mailbox(new RunClock(TimeProvider.System));
        using var pool = FlightPool.Of(partitions, TinyNetwork.FrameBytes, [.. PartitionSet.DeviceParts(model)], ready: 2);
        using var device = new LocalDevice(server.Writer(partitions, "raw"), new PixelCodec(partitions.Profile), model.Table, mailbox, pool, emulates: false);
        using var remote = RemoteClient.Connect(server, partitions, "raw", model, mailbox, pool);
        using var log = logPath is null ? null : new DecisionLog(logPath, _ => null);
        using var ended = new AutoResetEvent(false);
        var unanswered = 0;
        var controller = new Controller(new Deployment(model, new OnePlan(IndexOf(model)), device, remote, pool), mailbox, Controller.WakeMargin, flight =>
        {
            unanswered += flight.Outcome.Kind == OutcomeKind.Answered ? 0 : 1;
            log?.Add(flight);
            ended.Set();
        }, new Breaker(new BreakerOptions(), new Rng(1))) { Link = new LinkEstimator() };
        var loop = new Thread(controller.Run) { IsBackground = true, Name = "loop" };
        loop.Start();
        var frame = TinyNetwork.Frame(1);
        FillImage fill = (_, to) => frame.CopyTo(to);
        try
        {
            return Measure(path, rounds, _ =>
            {
                controller.Submit(0, deadline: 5, fill);
                ended.WaitOne();
            });
        }
        finally
        {
            controller.Finish();
            loop.Join();
            if (unanswered > 0)
                throw new InputException("bench", "loop", $"{unanswered} requests were not answered as planned, allowed is 0");
        }
    }

    private static LoopCost Measure(string path, int rounds, Action<int> one)
    {
        var ticks = new long[Calls];
        var (bytes, p50, p99) = (new double[rounds], new double[rounds], new double[rounds]);
        for (var (round, request) = (-2, 0); round < rounds; round++) // the first two are for the compiler and for what is made once
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < Calls; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                one(request++);
                ticks[i] = Stopwatch.GetTimestamp() - begun;
            }
            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            if (round < 0)
                continue;
            Array.Sort(ticks);
            (bytes[round], p50[round], p99[round]) = (allocated / (double)Calls, 1e6 * ticks[Calls / 2] / Stopwatch.Frequency, 1e6 * ticks[Calls * 99 / 100] / Stopwatch.Frequency);
        }
        return new LoopCost(path, Math.Round(Spread.Of(bytes).Median, 2), Math.Round(Spread.Of(p50).Median, 1), Math.Round(Spread.Of(p99).Median, 1));
    }

    private static CostModel Model(ModelProfile profile)
    {
        var scenario = new Scenario { Uplink = new UplinkSpec(PriorBitsPerSecond: 1e9, PriorRtt: 0.001), Deadlines = new DeadlineSpec(5) };
        return new CostModel(new CostTable(profile, PlanTable.Of(profile, [8], probe: false), scenario), scenario);
    }

    private static int IndexOf(CostModel model) => Enumerable.Range(0, model.Count).Single(p => model.Table.Plans[p].ToString() == Plan);

    private sealed class OnePlan(int plan) : IPolicy
    {
        public string Name => "one plan";

        public void Begin(int window)
        {
        }

        public int Decide(Observation observation, ReadOnlySpan<bool> mask) => plan;
    }
}
