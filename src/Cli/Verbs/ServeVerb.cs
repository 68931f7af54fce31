using System.CommandLine;
using System.Globalization;
using System.Net;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Serving;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace RlOffload.Cli.Verbs;

internal static class ServeVerb
{
    private static readonly Argument<string> Subject = new("DIR|MODEL") { Description = "A frozen policy's folder, or the network itself (MODEL.onnx)." };
    private static readonly Option<int> Port = Of("--port", 8500, "Port to listen on; 0 takes a free one.");
    private static readonly Option<string> Host = Of("--host", "127.0.0.1", "Address to listen on; 0.0.0.0 for all.");
    private static readonly Option<string?> Profile = new("--profile") { Description = "The network's profile [default: the policy's, or MODEL.profile.json]." };
    private static readonly Option<string?> Model = new("--model") { Description = "The network, where DIR does not name it." };
    private static readonly Option<bool> Lazy = new("--lazy") { Description = "Open each tail when it is first asked for, not at the start." };
    private static readonly Option<Transport> Spoken = Of("--transport", Transport.Http, "http (Open Inference Protocol and this project's messages) or frames (messages on a bare socket).");
    private static readonly Option<int> HttpPort = Of("--http-port", -1, "With frames: port of health, metrics and the live page; -1 for none.");
    private static readonly Option<int> Workers = Of("--workers", 1, "Threads that compute tails.");
    private static readonly Option<int> Queue = Of("--queue", 64, "Messages that may wait; more are refused at once.");
    private static readonly Option<int> QueueOfOne = Of("--queue-per-client", 0, "Messages of one client that may wait [default: half of --queue].");
    private static readonly Option<double> Rate = Of("--rate", 0.0, "Messages a second that are taken in all; 0: as many as come.");
    private static readonly Option<int> Batch = Of("--batch", 1, "Equal tails computed together at most, where that was found to give the same numbers.");
    private static readonly Option<double> BatchDelay = Of("--batch-delay-ms", 0.0, "How long a message waits for others to be computed with; 0: takes only what waits.");
    private static readonly Option<double> BatchTolerance = Of("--batch-tolerance", 1e-5, "Relative difference that a batch may make to a number; 0: the same bits.");
    private static readonly Option<double> MostWait = Of("--wait-ms", 10_000.0, "A message that waited longer is refused.");
    private static readonly Option<double> MostReceive = Of("--receive-s", 60.0, "A message that takes longer to arrive is cut off.");
    private static readonly Option<int> Memory = Of("--memory-mb", 256, "Messages in memory at most, MiB.");
    private static readonly Option<int> Connections = Of("--connections", 256, "Connections at most.");
    private static readonly Option<double> Drain = Of("--drain-s", 5.0, "Time that what is under way has after SIGTERM or Ctrl-C.");
    private static readonly Option<double> Watch = Of("--watch", double.PositiveInfinity, "Look every so many seconds whether the network's files are others, and serve them if they pass all checks; SIGHUP does the same [default: never].");
    private static readonly Option<double> Linger = Of("--linger-s", 60.0, "How long messages for the network before are still answered then: devices get theirs a little later.");
    private static readonly Option<string?> Tokens = new("--tokens") { Description = "Who may send: a file of lines 'NAME TOKEN', sent as 'Authorization: Bearer TOKEN'." };
    private static readonly Option<bool> Tls = new("--tls") { Description = "HTTPS, or frames through TLS; the certificate is --certificate or Kestrel's setting." };
    private static readonly Option<string?> Certificate = new("--certificate") { Description = "Certificate (PEM with --key, or PKCS 12); needs --tls." };
    private static readonly Option<string?> Key = new("--key") { Description = "The certificate's key (PEM)." };
    private static readonly Option<string?> Otlp = new("--otlp") { Description = "OpenTelemetry collector by HTTP, such as http://127.0.0.1:4318 [default: as OTEL_EXPORTER_OTLP_ENDPOINT says]." };
    private static readonly Option<string?> Log = new("--log") { Description = "Write structured logs to this file, JSON lines; a new file each day." };
    private static readonly Option<LogEventLevel> LogLevel = Of("--log-level", LogEventLevel.Information, "Least level that is logged.");
    private static readonly Option<string?> ExportTails = new("--export-tails") { Description = "Write every tail to this folder as NAME/1/model.onnx, as Triton loads them, and stop." };

    public static Command Create()
    {
        var command = new Command("serve", """
            The remote half: takes tensors at a cut from many devices, runs the tails, answers. It speaks the Open Inference Protocol
            (/v2), takes this project's messages by POST /infer, or on a bare socket with --transport frames. What is malformed or too
            much is refused with the reason; on SIGTERM it answers what is under way and stops. / shows what it does, /metrics counts.

            Examples:
              rloffload serve checkpoints/quickstart --port 8500
              rloffload serve checkpoints/quickstart --host 0.0.0.0 --tokens devices.txt --tls --certificate server.pem --key server.key
              rloffload serve models/fashion_frames.onnx --transport frames --http-port 8501 --workers 2 --batch 8
            """);
        command.Add(Subject);
        foreach (var option in (Option[])[Port, Host, Profile, Model, Lazy, Spoken, HttpPort, Workers, Queue, QueueOfOne, Rate, Batch, BatchDelay, BatchTolerance, MostWait, MostReceive,
            Memory, Connections, Drain, Watch, Linger, Tokens, Tls, Certificate, Key, Otlp, Log, LogLevel, ExportTails])
            command.Add(option);
        command.SetAction(Run);
        return command;
    }

    private static Option<T> Of<T>(string name, T otherwise, string what) => new(name) { Description = what, DefaultValueFactory = _ => otherwise };

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancel)
    {
        var options = Options(parsed);
        options.Check();
        var (measured, path, parts) = Open(parsed);
        using var partitions = new PartitionSet(path, measured);
        if (parsed.GetValue(ExportTails) is { } folder)
        {
            var network = Path.GetFileNameWithoutExtension(measured.Model.Path);
            Console.WriteLine($"wrote {TailRepository.Write(partitions.Network, parts, folder, (exit, cut) => OpenModelName.Of(OpenModelName.Default, network, exit, cut))} tails to {folder}");
            return 0;
        }
        using var log = Logger(parsed);
        using var telemetry = Telemetry.Start(parsed.GetValue(Otlp));
        await using var server = new RemoteServer(partitions, options with { Log = log });
        if (!parsed.GetValue(Lazy))
            server.Prepare(parts);
        await server.Start(cancel);
        Console.WriteLine($"serving {measured.Model.Path}, {partitions.Opened} parts open");
        if (server.HttpAddress is { } page)
            Console.WriteLine($"live page at {page}");
        Console.WriteLine($"listening on {server.Address.ToString().TrimEnd('/')}");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watching = Task.Run(() => server.Watch(() => Open(parsed) is var now ? (new PartitionSet(now.Model, now.Profile), now.Parts) : default, Files(parsed, path), parsed.GetValue(Watch), over.Token), cancel);
        await server.WaitForShutdown(cancel);
        await over.CancelAsync();
        await watching;
        Console.WriteLine($"stopped after {server.Answered} answers, {server.Refused} refusals and {server.Abandoned} messages whose device gave up");
        return 0;
    }

    private static (ModelProfile Profile, string Model, IEnumerable<PartKey> Parts) Open(ParseResult parsed) => parsed.GetRequiredValue(Subject) is var subject && Directory.Exists(subject)
        ? OfPolicy(subject, parsed.GetValue(Profile), parsed.GetValue(Model)) : OfModel(subject, parsed.GetValue(Profile));

    /// <summary>What is watched: the network, its profile, and the policy that names them.</summary>
    private static string[] Files(ParseResult parsed, string model) => parsed.GetRequiredValue(Subject) is var subject && Directory.Exists(subject)
        ? [Path.Combine(subject, FrozenPolicyFile.Description), model, parsed.GetValue(Profile) ?? FrozenPolicyFile.Require(subject, FrozenPolicyFile.Read(subject).Profile.Path, "--profile")]
        : [model, parsed.GetValue(Profile) ?? Path.ChangeExtension(model, ".profile.json")];

    private static ServerOptions Options(ParseResult parsed)
    {
        if (!(parsed.GetValue(Watch) >= 0.01))
            throw new InputException("serve", "--watch", $"is {parsed.GetValue(Watch)}, allowed is 0.01 or more (s)");
        var host = parsed.GetValue(Host)!;
        if (!IPAddress.TryParse(host, out var address))
            throw new InputException("serve", "--host", $"is '{host}', allowed is an address such as 127.0.0.1 or 0.0.0.0");
        var settings = new Dictionary<string, string?>();
        foreach (var (option, name) in new[] { (Certificate, "Path"), (Key, "KeyPath") })
            if (parsed.GetValue(option) is { } file)
                settings[$"Kestrel:Certificates:Default:{name}"] = File.Exists(file) ? Path.GetFullPath(file)
                    : throw new InputException(file, option.Name, "is not there; a certificate and its key are needed");
        if (settings.Count > 0 && !parsed.GetValue(Tls))
            throw new InputException("serve", "--certificate", "is named without --tls; allowed are both");
        return new ServerOptions(address, parsed.GetValue(Port), parsed.GetValue(Queue))
        {
            Transport = parsed.GetValue(Spoken),
            HttpPort = parsed.GetValue(HttpPort),
            Workers = parsed.GetValue(Workers),
            MostWaitingOfOne = parsed.GetValue(QueueOfOne),
            MostPerSecond = parsed.GetValue(Rate),
            Batch = parsed.GetValue(Batch),
            BatchDelay = Time(parsed, BatchDelay, 0.001),
            BatchTolerance = parsed.GetValue(BatchTolerance),
            MostWait = Time(parsed, MostWait, 0.001),
            MostReceive = Time(parsed, MostReceive, 1),
            MostBytes = (long)parsed.GetValue(Memory) << 20,
            MostConnections = parsed.GetValue(Connections),
            Drain = Time(parsed, Drain, 1),
            Linger = Time(parsed, Linger, 1),
            Tokens = parsed.GetValue(Tokens) is { } tokens ? TokenList.Read(tokens) : null,
            Tls = parsed.GetValue(Tls),
            Settings = settings,
        };
    }

    private static TimeSpan Time(ParseResult parsed, Option<double> option, double unitSeconds) => parsed.GetValue(option) is >= 0 and <= 1e6 and var value
        ? TimeSpan.FromSeconds(value * unitSeconds)
        : throw new InputException("serve", option.Name, $"is {parsed.GetValue(option)}, allowed is 0 to 1000000");

    private static Logger Logger(ParseResult parsed)
    {
        // Standard output is for what scripts read.
        var log = new LoggerConfiguration().MinimumLevel.Is(parsed.GetValue(LogLevel))
            .WriteTo.Console(LogEventLevel.Warning, standardErrorFromLevel: LogEventLevel.Verbose, formatProvider: CultureInfo.InvariantCulture);
        OutputFiles.RequireFolders(("--log", parsed.GetValue(Log)));
        if (parsed.GetValue(Log) is { } file)
            log = log.WriteTo.File(new JsonFormatter(renderMessage: true), file, rollingInterval: RollingInterval.Day, buffered: false);
        return log.CreateLogger();
    }

    private static (ModelProfile Profile, string Model, IEnumerable<PartKey> Parts) OfPolicy(string folder, string? profile, string? model)
    {
        var policy = FrozenPolicyFile.Read(folder);
        var measured = ProfileFile.Read(profile ?? FrozenPolicyFile.Require(folder, policy.Profile.Path, "--profile"));
        var refusals = FrozenPolicyCheck.Refusals(policy, measured).Select(r => $"{Path.Combine(folder, FrozenPolicyFile.Description)}:{r}").ToList();
        return refusals.Count == 0
            ? (measured, model ?? FrozenPolicyFile.Require(folder, policy.Model.Path, "--model"), PartitionSet.ServerParts(policy.Table()))
            : throw new InputException(refusals);
    }

    private static (ModelProfile Profile, string Model, IEnumerable<PartKey> Parts) OfModel(string model, string? profile)
    {
        if (!File.Exists(model))
            throw new InputException(model, "DIR|MODEL", "is not there; a frozen policy's folder or an ONNX model is needed");
        profile ??= Path.ChangeExtension(model, ".profile.json");
        if (!File.Exists(profile))
            throw new InputException(profile, "--profile", $"is not there; write one with 'rloffload profile {model} --out {profile}'");
        var measured = ProfileFile.Read(profile);
        return (measured, model, measured.Partitions.Where(p => !p.Local).Select(p => p.Cut == 0 ? new PartKey(PartKind.Whole, p.Exit, 0) : new PartKey(PartKind.Tail, p.Exit, p.Cut)));
    }
}
