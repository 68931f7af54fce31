using System.Net;
using RlOffload.Environment;
using Serilog;

namespace RlOffload.Inference.Serving;

/// <summary>What devices speak to the server's port.</summary>
public enum Transport : byte
{
    /// <summary>The Open Inference Protocol, and this project's messages as bodies of POST /infer.</summary>
    Http,

    /// <summary>This project's messages one after the other on a socket.</summary>
    Frames,
}

/// <summary>What a server takes and how much of it. Every limit holds for what is in memory or under way, so memory is bounded whoever calls.</summary>
/// <param name="Address">Where to listen; loopback unless said otherwise.</param>
/// <param name="Port">0: a free one.</param>
/// <param name="MostWaiting">Messages that may wait for a worker; more are refused at once.</param>
public sealed record ServerOptions(IPAddress Address, int Port, int MostWaiting = 64)
{
    public Transport Transport { get; init; }

    /// <summary>With <see cref="Transport.Frames"/>: port of health, metrics and the live page; -1 for none, 0 for a free one.</summary>
    public int HttpPort { get; init; } = -1;

    /// <summary>Threads that compute tails.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Messages that one client may have waiting; 0: half of <see cref="MostWaiting"/>, so that nobody fills the queue alone.</summary>
    public int MostWaitingOfOne { get; init; }

    /// <summary>Messages a second that are taken, all clients together; 0: as many as come.</summary>
    public double MostPerSecond { get; init; }

    /// <summary>Equal tails that are computed together at most; 1: one by one.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>How long the first message of a batch waits for others at most; zero: takes only what waits already.</summary>
    public TimeSpan BatchDelay { get; init; }

    /// <summary>Relative difference that a number may have between a tail computed alone and in a batch; 0: the same bits.</summary>
    public double BatchTolerance { get; init; } = 1e-5;

    /// <summary>A message that waited longer is not computed any more.</summary>
    public TimeSpan MostWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A body that takes longer to arrive is cut off.</summary>
    public TimeSpan MostReceive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bodies that are received, wait or are computed, bytes.</summary>
    public long MostBytes { get; init; } = 256 << 20;

    public int MostConnections { get; init; } = 256;

    /// <summary>Time that what is under way has when the server stops.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long messages for the network before are still answered after another one took over: devices get theirs a little later.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Who may send messages; null: everybody.</summary>
    public TokenList? Tokens { get; init; }

    /// <summary>HTTPS, or frames through TLS, with the certificate of <see cref="Settings"/>.</summary>
    public bool Tls { get; init; }

    /// <summary>The framework's configuration, such as Kestrel:Certificates:Default:Path.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    public ILogger Log { get; init; } = Serilog.Core.Logger.None;

    /// <exception cref="InputException">Names every option that is not allowed.</exception>
    public void Check()
    {
        var problems = new List<string>();
        void Require(bool good, string option, object value, string allowed)
        {
            if (!good)
                problems.Add($"serve:{option}: is {FormattableString.Invariant($"{value}")}, allowed is {allowed}");
        }
        Require(Port is >= 0 and <= 65535, "--port", Port, "0 to 65535");
        Require(HttpPort is >= -1 and <= 65535, "--http-port", HttpPort, "0 to 65535");
        Require(MostWaiting >= 1, "--queue", MostWaiting, "1 or more");
        Require(MostWaitingOfOne >= 0, "--queue-per-client", MostWaitingOfOne, "1 or more");
        Require(Workers is >= 1 and <= 1024, "--workers", Workers, "1 to 1024");
        Require(MostPerSecond >= 0 && double.IsFinite(MostPerSecond), "--rate", MostPerSecond, "a number above 0, requests a second");
        Require(Batch is >= 1 and <= 256, "--batch", Batch, "1 to 256");
        Require(BatchDelay >= TimeSpan.Zero && BatchDelay <= TimeSpan.FromSeconds(1), "--batch-delay-ms", BatchDelay.TotalMilliseconds, "0 to 1000");
        Require(BatchTolerance >= 0 && double.IsFinite(BatchTolerance), "--batch-tolerance", BatchTolerance, "0 or more");
        Require(MostWait > TimeSpan.Zero, "--wait-ms", MostWait.TotalMilliseconds, "above 0");
        Require(MostReceive > TimeSpan.Zero, "--receive-s", MostReceive.TotalSeconds, "above 0");
        Require(MostBytes >= 1 << 20, "--memory-mb", MostBytes / (1 << 20), "1 or more");
        Require(MostConnections >= 1, "--connections", MostConnections, "1 or more");
        if (problems.Count > 0)
            throw new InputException(problems);
    }

    internal int OfOne => MostWaitingOfOne > 0 ? MostWaitingOfOne : Math.Max(1, MostWaiting / 2);
}
