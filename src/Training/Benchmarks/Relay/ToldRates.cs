using System.Net;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Emulation.Relay;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Serving;
using RlOffload.Training.Benchmarks.Chaos;

namespace RlOffload.Training.Benchmarks.Relay;

/// <param name="Trains">That were answered.</param>
/// <param name="Error">How far the time that the server said a train took to come in was from what the trace takes, as a share of it: the median; null of no train.</param>
/// <param name="BySocket">How many times faster than the trace the train seemed to leave, as the socket took it: the median; null of no train.</param>
public sealed record ToldRate(int Trains, double? Error, double? BySocket);

/// <summary>What a device behind a <see cref="LinkRelay"/> learns of the trace from a server that says how long trains of 24,000 bytes took to come in, one after the other, by frames.</summary>
public static class ToldRates
{
    private const double Pause = 0.05;
    private const double LongestTrain = 5;

    /// <param name="impairments">Of the relay; lost packets would count as the link's time.</param>
    /// <param name="seconds">From the first train's arrival on, which is not counted.</param>
    public static async Task<ToldRate> Run(LinkTrace trace, LinkImpairments impairments, double seconds, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("rloffload-told-").FullName;
        try
        {
            var (network, profile) = TinyNetwork.Write(folder, seed: 1);
            using var partitions = new PartitionSet(network, ProfileFile.Read(profile));
            await using var server = new RemoteServer(partitions, new ServerOptions(IPAddress.Loopback, 0) { Transport = Transport.Frames });
            await server.Start(cancel).ConfigureAwait(false);
            await using var relay = new LinkRelay(new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.Loopback, server.Address.Port),
                new LinkReplay(trace, impairments, 1, 0), new LinkReplay(trace, impairments, 1, 1), TimeProvider.System);
            relay.Start();
            return await Task.Run(() => Play(trace, partitions, relay, seconds, cancel), cancel).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ToldRate Play(LinkTrace trace, PartitionSet partitions, LinkRelay relay, double seconds, CancellationToken cancel)
    {
        var scenario = new Scenario();
        var model = new CostModel(new CostTable(partitions.Profile, PlanTable.Of(partitions.Profile, [8], probe: false), scenario), scenario);
        using var mailbox = new Mailbox(new RunClock(TimeProvider.System));
        using var pool = FlightPool.Of(partitions, TinyNetwork.FrameBytes, [], ready: 1);
        using var client = RemoteClient.Connect(new RemoteOptions(new Uri($"tcp://{relay.Address}"), RemoteKind.Frames), partitions, "raw", model, mailbox, pool);
        // Opens the connection, with which the trace begins.
        client.SendProbe(-1);
        Wait(mailbox, -1, What.Probed);
        var (told, socket) = (new List<double>(), new List<double>());
        var end = relay.Now + seconds;
        for (var train = 0; relay.Now < end; train++)
        {
            cancel.ThrowIfCancellationRequested();
            var begun = mailbox.Clock.Now;
            var takes = trace.TimeToSend(relay.Now, CostModel.ProbeBytes * 8);
            client.SendProbe(train);
            if (Wait(mailbox, train, What.Sent) is not { } left || Wait(mailbox, train, What.Probed) is not { } answer)
            {
                client.Stop(train, probe: true);
                continue;
            }
            if (answer.Told)
            {
                told.Add(Math.Abs(answer.Uplink / takes - 1));
                socket.Add(takes / Math.Max(left.At - begun, 1e-6));
            }
            mailbox.Clock.Until(mailbox.Clock.Now + Pause, cancel).Wait(cancel);
        }
        return new ToldRate(told.Count, Median(told, 4), Median(socket, 1));
    }

    /// <returns>Null where it does not come in time.</returns>
    private static Happened? Wait(Mailbox mailbox, int train, What what)
    {
        for (var end = mailbox.Clock.Now + LongestTrain; mailbox.Clock.Now < end; mailbox.WaitUntil(end))
            while (mailbox.TryTake(out var happened))
                if (happened.Request == train && happened.What == what)
                    return happened;
        return null;
    }

    private static double? Median(List<double> numbers, int digits) => numbers.Count == 0 ? null : Math.Round(numbers.Order().ElementAt(numbers.Count / 2), digits);
}
