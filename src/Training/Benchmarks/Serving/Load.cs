using RlOffload.Training.Statistics;

namespace RlOffload.Training.Benchmarks.Serving;

/// <summary>What clients together saw.</summary>
/// <param name="AcceptedUs">From the first byte sent to the last one received, us, sorted; <paramref name="RefusedUs"/> the same of refusals.</param>
internal sealed record LoadResult(double Seconds, double[] AcceptedUs, double[] RefusedUs)
{
    public double PerSecond => AcceptedUs.Length / Seconds;

    /// <summary>0 where there are none.</summary>
    public static double At(double[] sorted, double share) => sorted.Length == 0 ? 0 : Quantiles.Of(sorted, share);
}

/// <summary>Clients side by side, each on a thread and a connection of its own.</summary>
internal static class Load
{
    private const int FirstMessages = 20;

    /// <param name="perSecond">Messages a second of all clients together, sent at even distances; 0: each client sends when it has its answer.</param>
    /// <param name="warmUp">s that are played before and not counted.</param>
    public static LoadResult Play(Uri server, LoadMessage message, int clients, double perSecond, double warmUp, double seconds)
    {
        var (accepted, refused) = (Lists(clients), Lists(clients));
        Exception? failure = null;
        var begun = 0L;
        // The clock starts when all are connected and the server has answered each: what is slow only once is nobody's latency.
        using var start = new Barrier(clients, _ => begun = TimeProvider.System.GetTimestamp());
        var threads = Enumerable.Range(0, clients).Select(client => new Thread(() =>
        {
            try
            {
                using var connection = new LoadConnection(server, message);
                for (var i = 0; i < FirstMessages; i++)
                    connection.Exchange();
                start.SignalAndWait();
                One(connection, begun, perSecond, client, clients, warmUp, warmUp + seconds, accepted[client], refused[client]);
            }
            catch (Exception e)
            {
                failure = e;
                start.RemoveParticipant();
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        if (failure is not null)
            throw new IOException($"{server}: a client failed: {failure.Message}", failure);
        return new LoadResult(seconds, [.. accepted.SelectMany(a => a).Order()], [.. refused.SelectMany(r => r).Order()]);
    }

    private static List<double>[] Lists(int clients) => [.. Enumerable.Range(0, clients).Select(_ => new List<double>(1 << 16))];

    private static void One(
        LoadConnection connection, long begun, double perSecond, int client, int clients, double from, double until, List<double> accepted, List<double> refused)
    {
        using var never = new ManualResetEvent(false);
        for (var message = client; ; message += clients)
        {
            if (perSecond > 0)
                WaitUntil(never, begun, message / perSecond);
            var sent = TimeProvider.System.GetTimestamp();
            var now = TimeProvider.System.GetElapsedTime(begun, sent).TotalSeconds;
            if (now >= until)
                return;
            var answered = connection.Exchange();
            if (now >= from)
                (answered ? accepted : refused).Add(TimeProvider.System.GetElapsedTime(sent).TotalMicroseconds);
        }
    }

    /// <summary>Sleeps through whole ms and yields through what is left, so that waiting takes little from the server.</summary>
    private static void WaitUntil(WaitHandle never, long begun, double time)
    {
        for (var left = time - TimeProvider.System.GetElapsedTime(begun).TotalSeconds; left > 0; left = time - TimeProvider.System.GetElapsedTime(begun).TotalSeconds)
            if (left > 0.002)
                never.WaitOne(1);
            else
                Thread.Yield();
    }
}
