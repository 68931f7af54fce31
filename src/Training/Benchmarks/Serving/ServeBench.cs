using System.Globalization;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;

namespace RlOffload.Training.Benchmarks.Serving;

/// <param name="Clients">Connections, each with one message under way.</param>
/// <param name="Seconds">That each part is measured.</param>
/// <param name="Limit">Messages a second that the server is told to take in the overload part.</param>
public sealed record ServeBenchOptions(int Clients = 8, double Seconds = 8, double Limit = 1000, int Batch = 1, int Workers = 1);

/// <param name="Transport">What was spoken.</param>
/// <param name="P99ToP50">How far the slow ones are from the middle.</param>
public sealed record TransportSpeed(string Transport, double RequestsPerSecond, double P50Us, double P99Us, double P99ToP50);

/// <param name="Limit">Messages a second that the server was told to take.</param>
/// <param name="CalmP99Us">Of accepted messages at 0.8 of the limit.</param>
/// <param name="AcceptedP99Ratio">Of accepted messages at three times the limit to that.</param>
/// <param name="RefusedP99Us">How long a refused message waited for its refusal.</param>
public sealed record OverloadSpeed(
    string Transport, int TensorBytes, double Limit, double OfferedPerSecond, double CalmP50Us, double CalmP99Us, double AcceptedPerSecond, double AcceptedP50Us, double AcceptedP99Us,
    double AcceptedP99Ratio, double RefusedShare, double RefusedP50Us, double RefusedP99Us);

/// <param name="RequestsPerSecond">Of the fastest transport; p50 and p99 are of the same run.</param>
public sealed record ServeReport(
    double RequestsPerSecond, double P50Us, double P99Us, double P99ToP50, int TensorBytes, int Clients, int Cores, IReadOnlyList<TransportSpeed> Transports, OverloadSpeed Overload);

/// <summary>
/// A server in a process of its own and clients in this one, over loopback on the same cores: how many requests a second it answers with every client waiting for
/// its answer, and what happens to accepted and refused messages at three times the rate that it was told to take. Every answer is compared with the tail's numbers.
/// </summary>
public sealed class ServeBench(IReadOnlyList<string> command, ServeBenchOptions options)
{
    private const double MostWarmUpSeconds = 3;

    /// <summary>The part of its limit at which a server is calm, and the multiple of it at which it is not.</summary>
    private const double Calm = 0.8, Over = 3;

    private double WarmUp => Math.Min(MostWarmUpSeconds, options.Seconds);

    /// <param name="told">What is being done.</param>
    public async Task<ServeReport> Run(Action<string> told, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("rloffload-bench-").FullName;
        try
        {
            var model = SmallNetwork.Write(folder);
            using var partitions = new PartitionSet(model, ProfileFile.Read(Path.ChangeExtension(model, ".profile.json")));
            var speeds = new List<TransportSpeed>();
            foreach (var transport in Enum.GetValues<LoadTransport>())
            {
                told($"100 KiB tensors, {transport.ToString().ToLowerInvariant()}");
                speeds.Add(await Measure(model, partitions, transport, cancel).ConfigureAwait(false));
            }
            told("overload");
            var overload = await Overload(model, partitions, cancel).ConfigureAwait(false);
            var best = speeds.MaxBy(s => s.RequestsPerSecond)!;
            return new ServeReport(best.RequestsPerSecond, best.P50Us, best.P99Us, best.P99ToP50, LoadMessage.Of(partitions, SmallNetwork.LargeCut, LoadTransport.Frames).TensorBytes,
                options.Clients, System.Environment.ProcessorCount, speeds, overload);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Task<ServerProcess> Serve(string model, LoadTransport transport, double limit, CancellationToken cancel) => ServerProcess.Start(command,
        [
            model, "--transport", transport == LoadTransport.Frames ? "frames" : "http", "--rate", limit.ToString("R", CultureInfo.InvariantCulture),
            "--batch", options.Batch.ToString(CultureInfo.InvariantCulture), "--workers", options.Workers.ToString(CultureInfo.InvariantCulture),
        ], cancel);

    private async Task<TransportSpeed> Measure(string model, PartitionSet partitions, LoadTransport transport, CancellationToken cancel)
    {
        using var server = await Serve(model, transport, limit: 0, cancel).ConfigureAwait(false);
        var load = Load.Play(server.Address, LoadMessage.Of(partitions, SmallNetwork.LargeCut, transport), options.Clients, 0, WarmUp, options.Seconds);
        var (p50, p99) = (LoadResult.At(load.AcceptedUs, 0.5), LoadResult.At(load.AcceptedUs, 0.99));
        return new TransportSpeed(transport.ToString().ToLowerInvariant(), Math.Round(load.PerSecond, 1), Math.Round(p50, 1), Math.Round(p99, 1), Ratio(p99, p50));
    }

    private async Task<OverloadSpeed> Overload(string model, PartitionSet partitions, CancellationToken cancel)
    {
        const LoadTransport transport = LoadTransport.Http;
        using var server = await Serve(model, transport, options.Limit, cancel).ConfigureAwait(false);
        var message = LoadMessage.Of(partitions, SmallNetwork.SmallCut, transport);
        var calm = Load.Play(server.Address, message, options.Clients, Calm * options.Limit, WarmUp, options.Seconds);
        var over = Load.Play(server.Address, message, options.Clients, Over * options.Limit, WarmUp, options.Seconds);
        var (calm99, over99) = (LoadResult.At(calm.AcceptedUs, 0.99), LoadResult.At(over.AcceptedUs, 0.99));
        var offered = over.AcceptedUs.Length + over.RefusedUs.Length;
        return new OverloadSpeed(
            transport.ToString().ToLowerInvariant(), message.TensorBytes, options.Limit, Math.Round(offered / over.Seconds, 1), Math.Round(LoadResult.At(calm.AcceptedUs, 0.5), 1),
            Math.Round(calm99, 1), Math.Round(over.PerSecond, 1), Math.Round(LoadResult.At(over.AcceptedUs, 0.5), 1), Math.Round(over99, 1), Ratio(over99, calm99),
            Math.Round(over.RefusedUs.Length / (double)offered, 4), Math.Round(LoadResult.At(over.RefusedUs, 0.5), 1), Math.Round(LoadResult.At(over.RefusedUs, 0.99), 1));
    }

    /// <summary>0 where nothing was answered.</summary>
    private static double Ratio(double part, double whole) => whole > 0 ? Math.Round(part / whole, 2) : 0;
}
