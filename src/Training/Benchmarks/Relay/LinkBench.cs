using System.Net;
using System.Net.Sockets;
using RlOffload.Environment.Links;
using RlOffload.Inference.Emulation.Relay;

namespace RlOffload.Training.Benchmarks.Relay;

/// <param name="MeanMbitS">Of the trace in the time that was measured.</param>
/// <param name="RateError">Of all bytes that came through against the trace's integral, as a share of it.</param>
/// <param name="MedianSecondError">The same for single seconds, the median.</param>
/// <param name="RoundTripErrorMs">Of small messages over the idle link: median measured less what the trace says.</param>
/// <param name="Told">What a device behind it learns of the trace.</param>
public sealed record RelaySpeed(string Trace, double Seconds, double MeanMbitS, double RateError, double MedianSecondError, double RoundTripErrorMs, ToldRate Told);

/// <summary>Plays traces through a <see cref="LinkRelay"/> over loopback, kept full by a sender, and compares what comes out with the trace.</summary>
public static class LinkBench
{
    private const double RttMs = 40;

    /// <summary>Of trains that are told, at most: each trace is played a second time for them.</summary>
    private const double ToldSeconds = 4;

    /// <summary>What the relay and the kernel hold back at the start: it is waited for, not measured.</summary>
    private const double FirstSeconds = 1;

    public static async Task<RelaySpeed> Run(LinkTrace trace, double seconds, CancellationToken cancel)
    {
        var roundTrip = await RoundTrip(trace, cancel).ConfigureAwait(false);
        var told = await ToldRates.Run(trace, new LinkImpairments(RttModel.Constant(RttMs)), Math.Min(seconds, ToldSeconds), cancel).ConfigureAwait(false);
        var up = new LinkReplay(trace, new LinkImpairments(RttModel.Constant(RttMs)), 1, 0);
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        await using var relay = new LinkRelay(new IPEndPoint(IPAddress.Loopback, 0), server.LocalEndpoint, up, new LinkReplay(trace, new LinkImpairments(RttModel.Constant(RttMs)), 1, 1), TimeProvider.System);
        relay.Start();
        using var device = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 1 << 16 };
        await device.ConnectAsync(relay.Address, cancel).ConfigureAwait(false);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var accepted = await server.AcceptSocketAsync(cancel).ConfigureAwait(false);
        var sending = Fill(device, end.Token);
        var (came, marks, buffer) = (0L, new List<(double At, long Bytes)>(), new byte[1 << 16]);
        while (relay.Now < FirstSeconds + seconds + RttMs / 2000)
        {
            using var step = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            step.CancelAfter(TimeSpan.FromMilliseconds(100));
            try
            {
                came += await accepted.ReceiveAsync(buffer, step.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                // Nothing came for a while: an outage of the trace.
            }
            marks.Add((relay.Now - RttMs / 2000, came));
        }
        await end.CancelAsync().ConfigureAwait(false);
        await sending.ConfigureAwait(false);
        var errors = new List<double>();
        for (var second = 0; second < (int)seconds; second++)
            errors.Add(Error(trace, marks, FirstSeconds + second, FirstSeconds + second + 1));
        return new RelaySpeed(
            trace.Name, seconds, Math.Round(trace.BitsBetween(FirstSeconds, FirstSeconds + seconds) / seconds / 1e6, 4), Math.Round(Median([.. new[] { Error(trace, marks, FirstSeconds, FirstSeconds + seconds) }.Where(double.IsFinite)]), 5),
            Math.Round(Median([.. errors.Where(double.IsFinite)]), 5), roundTrip, told);
    }

    /// <summary>Bytes between the marks nearest to two times, against what the trace carries between just these marks.</summary>
    private static double Error(LinkTrace trace, List<(double At, long Bytes)> marks, double from, double to)
    {
        var (a, b) = (marks.First(m => m.At >= from), marks.LastOrDefault(m => m.At <= to));
        var expected = trace.BitsBetween(a.At, b.At) / 8;
        return expected > 0 && b.At > a.At ? Math.Abs(b.Bytes - a.Bytes - expected) / expected : double.NaN;
    }

    /// <summary>0 of nothing: a trace in an outage.</summary>
    private static double Median(double[] errors) => errors.Length == 0 ? 0 : errors.Order().ElementAt(errors.Length / 2);

    private static async Task Fill(Socket device, CancellationToken end)
    {
        var bytes = new byte[1 << 14];
        try
        {
            while (true)
                await device.SendAsync(bytes, end).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Enough was sent.
        }
    }

    /// <summary>Measured median less the trace's, ms, of 20 messages of 100 bytes one after the other.</summary>
    private static async Task<double> RoundTrip(LinkTrace trace, CancellationToken cancel)
    {
        var impairments = new LinkImpairments(RttModel.Constant(RttMs));
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        await using var relay = new LinkRelay(
            new IPEndPoint(IPAddress.Loopback, 0), server.LocalEndpoint, new LinkReplay(trace, impairments, 1, 0), new LinkReplay(trace, impairments, 1, 1), TimeProvider.System);
        relay.Start();
        using var device = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await device.ConnectAsync(relay.Address, cancel).ConfigureAwait(false);
        using var accepted = await server.AcceptSocketAsync(cancel).ConfigureAwait(false);
        accepted.NoDelay = true;
        var errors = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var bytes = new byte[100];
            var begun = relay.Now;
            await device.SendAsync(bytes, cancel).ConfigureAwait(false);
            await accepted.ReceiveAsync(bytes, cancel).ConfigureAwait(false);
            await accepted.SendAsync(bytes, cancel).ConfigureAwait(false);
            await device.ReceiveAsync(bytes, cancel).ConfigureAwait(false);
            var there = begun + trace.TimeToSend(begun, 800) + RttMs / 2000;
            errors.Add(1000 * (relay.Now - there - trace.TimeToSend(there, 800)) - RttMs / 2);
        }
        return Math.Round(errors.Order().ElementAt(10), 3);
    }
}
