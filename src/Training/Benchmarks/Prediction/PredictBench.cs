using System.Net;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Runs;
using RlOffload.Inference.Serving;
using RlOffload.Training.Statistics;

namespace RlOffload.Training.Benchmarks.Prediction;

/// <param name="Compared">Requests that were answered as planned in both.</param>
/// <param name="SameOutcome">Share of all requests that ended the same way in both.</param>
public sealed record TracePrediction(string Trace, double MeanMbitS, int Requests, int Compared, double SameOutcome, double MedianError, double P95Error);

/// <summary>|measured - predicted| / predicted latency as fractions, over all requests of all traces that were answered as planned in both.</summary>
/// <param name="Plans">How often each plan was chosen.</param>
public sealed record PredictionReport(
    double MedianError, double P95Error, int Requests, int Compared, double SameOutcome, IReadOnlyList<TracePrediction> Traces, IReadOnlyDictionary<string, int> Plans);

/// <summary>
/// How far the cost model's latencies are from measured ones: a policy plays windows of several links over real sockets against a server in this process,
/// with real heads, bytes and tails, and the simulator plays the same windows with the same plans.
/// </summary>
public static class PredictBench
{
    /// <param name="policy">Folder of the frozen policy whose plans are chosen.</param>
    /// <param name="links">Traces or link models.</param>
    /// <param name="requests">A link.</param>
    /// <exception cref="InputException">A file is refused.</exception>
    public static async Task<PredictionReport> Run(
        string policy, string images, IReadOnlyList<string> links, int requests, double speed, Action<double>? progress, CancellationToken cancel)
    {
        var frozen = FrozenPolicyFile.Read(policy);
        using var partitions = new PartitionSet(Named(policy, frozen.Model.Path), ProfileFile.Read(Named(policy, frozen.Profile.Path)));
        await using var server = new RemoteServer(partitions, new ServerOptions(IPAddress.Loopback, 0));
        server.Prepare(PartitionSet.ServerParts(frozen.Table()));
        await server.Start();
        var runs = new List<RunReport>();
        foreach (var link in links)
        {
            var run = new LiveRun(new RunOptions(policy, server.Address, images, null, link, requests, Speed: speed));
            runs.Add(await run.Play(progress is null ? null : new Told(p => progress((runs.Count + (double)p.Answered / p.Of) / links.Count)), cancel));
        }
        double[] errors = [.. runs.SelectMany(r => r.ModelErrors).Order()];
        return new PredictionReport(At(errors, 0.5), At(errors, 0.95), runs.Sum(r => r.Requests), errors.Length, Math.Round(runs.Average(r => r.SameOutcome), 5),
            [.. runs.Select(r => new TracePrediction(Path.GetFileNameWithoutExtension(r.Link), r.LinkMeanMbitS, r.Requests, r.ModelErrors.Count, r.SameOutcome, r.ModelError.Median, r.ModelError.P95))],
            new SortedDictionary<string, int>(runs.SelectMany(r => r.Plans).GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.Sum(p => p.Value)), StringComparer.Ordinal));
    }

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : Math.Round(Quantiles.Of(sorted, share), 5);

    private static string Named(string folder, string path) => FrozenPolicyFile.Find(folder, path)
        ?? throw new InputException(Path.Combine(folder, FrozenPolicyFile.Description), "path", $"{path} is not there; a policy whose network and profile are beside it is needed");

    /// <summary>Progress of T would post to a queue of its own.</summary>
    private sealed class Told(Action<RunProgress> tell) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => tell(value);
    }
}
