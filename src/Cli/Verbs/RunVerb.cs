using System.CommandLine;
using RlOffload.Environment;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Runs;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class RunVerb
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "A frozen policy's folder." };
        var server = new Option<string>("--server") { Description = "Where 'rloffload serve' listens, such as http://127.0.0.1:8500.", Required = true };
        var images = new Option<string?>("--images") { Description = "IDX frames, 28x28 items that frames are made of, CIFAR-10 records (.bin), or without --link a folder of PNG or raw images." };
        var labels = new Option<string?>("--labels") { Description = "IDX labels [default: NAME-labels beside the images]." };
        var link = new Option<string?>("--link") { Description = "Uplink to play: a trace file, or a link model (.json) to draw one from [default: the network as it is, nothing emulated]." };
        var requests = new Option<int?>("--requests") { Description = "How many requests [default: one for each image]." };
        var seed = new Option<ulong>("--seed") { Description = "Of arrivals, deadlines, server load and frames.", DefaultValueFactory = _ => 1 };
        var speed = new Option<double>("--speed") { Description = "Play arrivals, link, deadlines and emulated times so many times faster.", DefaultValueFactory = _ => 1 };
        var rtt = new Option<double?>("--rtt") { Description = "Round-trip time, ms [default: the link's, else the scenario's]." };
        var model = new Option<string?>("--model") { Description = "The network, where DIR does not name it." };
        var profile = new Option<string?>("--profile") { Description = "The network's profile, where DIR does not name it." };
        var log = new Option<string?>("--log") { Description = "Append every decision to this file; 'rloffload log' shows it and makes traces of it." };
        var json = new Option<string?>("--json") { Description = "Write the report to this file as well." };
        var remote = new Option<RemoteKind>("--remote")
        {
            Description = "What is spoken to the server: http or frames (this project's messages), oip (Open Inference Protocol, plain tensors: any server with the tails loaded).",
            DefaultValueFactory = _ => RemoteKind.Http,
        };
        var oipModel = new Option<string>("--oip-model") { Description = "How an oip server calls the tails.", DefaultValueFactory = _ => OpenModelName.Default };
        var listen = new Option<string?>("--listen") { Description = "Take requests by HTTP at ADDRESS:PORT: POST /infer with an image's bytes or a PNG picture (header Deadline-Ms), the answer is JSON." };
        var rate = new Option<double>("--rate") { Description = "Without --link: images a second, as a camera brings them.", DefaultValueFactory = _ => 10 };
        var deadline = new Option<double?>("--deadline-ms") { Description = "Without --link: deadline of a request [default: the policy's median]." };
        var most = new Option<int>("--in-flight") { Description = "Without --link: requests under way at most.", DefaultValueFactory = _ => 16 };
        var probes = new Option<double>("--probe-budget") { Description = "Bytes a second that probes of the link may cost [default: as the policy wants].", DefaultValueFactory = _ => double.PositiveInfinity };
        var idle = new Option<double>("--probe-idle") { Description = "Without --link: probe a link that nothing was sent on for so many seconds, within --probe-budget [default: never].", DefaultValueFactory = _ => double.PositiveInfinity };
        var ping = new Option<double>("--ping-idle") { Description = "Without --link: ask a server that nothing was heard of for so many seconds for round trip and load, by a few bytes [default: never].", DefaultValueFactory = _ => double.PositiveInfinity };
        var memory = new Option<double>("--memory-mb") { Description = "Memory for the parts of the network, MiB; plans whose parts do not fit are not used [default: all].", DefaultValueFactory = _ => double.PositiveInfinity };
        var token = new Option<string?>("--token-file") { Description = "File with the bearer token, where the server asks for one." };
        var watch = new Option<double>("--watch")
        {
            Description = "Without --link: look every so many seconds whether the files of policy or network are others, and take them over between two decisions if they pass all checks; "
                + "with --listen SIGHUP does the same [default: never].",
            DefaultValueFactory = _ => double.PositiveInfinity,
        };
        var engine = new Option<PolicyEngine>("--policy-engine")
        {
            Description = "What runs a policy that is a graph: builtin (our own executor), ort (ONNX Runtime), or auto: builtin where it replays the policy's golden vectors, else ort.",
            DefaultValueFactory = _ => PolicyEngine.Auto,
        };
        var command = new Command("run", """
            Plays the policy's scenario in real time against a server: real images, heads, bytes and tails. The link is paced
            by a trace; a device slower than this machine is emulated by keeping it busy for the scenario's time.
            At the end: accuracy and latency beside the cost model's, plans chosen, misses, time of a decision.

            Without --link nothing is emulated: the device answers what a camera, a folder or --listen brings, over the network as it is.

            Examples (in another terminal: rloffload serve checkpoints/quickstart):
              rloffload run checkpoints/quickstart --server http://127.0.0.1:8500 --link uplink.txt \
                --images models/fashion-test-1000-images-idx3-ubyte.gz --requests 200 --speed 5
              rloffload run checkpoints/quickstart --server http://127.0.0.1:8500 --listen 127.0.0.1:8600
            """)
        {
            folder, server, images, labels, link, requests, seed, speed, rtt, model, profile, log, json, remote, oipModel, token, memory, listen, rate, deadline, most, probes, idle, ping, watch, engine,
        };
        command.SetAction((parsed, cancel) =>
        {
            var url = parsed.GetRequiredValue(server);
            var frames = parsed.GetValue(remote) == RemoteKind.Frames;
            string[] schemes = frames ? ["tcp", "tls"] : [Uri.UriSchemeHttp, Uri.UriSchemeHttps];
            if (!Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address) || !schemes.Contains(address.Scheme) || (frames && address.Port <= 0))
                throw new InputException("run", "--server", $"is '{url}', allowed is an address such as {schemes[0]}://127.0.0.1:8500");
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)), ("--log", parsed.GetValue(log)));
            if (parsed.GetValue(probes) is not >= 0)
                throw new InputException("run", "--probe-budget", $"is {parsed.GetValue(probes)}, allowed is 0 or more");
            if (parsed.GetValue(link) is not { } played)
                return DeviceRunVerb.Run(new DeviceSettings(
                    new DeviceOptions(parsed.GetRequiredValue(folder), new RemoteOptions(address, parsed.GetValue(remote), Token(parsed.GetValue(token)), parsed.GetValue(oipModel)!),
                        parsed.GetValue(model), parsed.GetValue(profile), parsed.GetValue(log), parsed.GetValue(memory), parsed.GetValue(probes), parsed.GetValue(seed),
                        parsed.GetValue(watch), SwapOnHangUp: parsed.GetValue(listen) is not null || double.IsFinite(parsed.GetValue(watch)), parsed.GetValue(engine), parsed.GetValue(idle), parsed.GetValue(ping)),
                    parsed.GetValue(listen), parsed.GetValue(images), parsed.GetValue(labels), parsed.GetValue(requests), parsed.GetValue(rate), parsed.GetValue(deadline), parsed.GetValue(most)),
                    parsed.GetValue(json), cancel);
            if (double.IsFinite(parsed.GetValue(watch)))
                throw new InputException("run", "--watch", "is given with --link, whose scenario is the policy's; allowed without --link");
            if (parsed.GetValue(listen) is not null || parsed.GetValue(images) is null)
                throw new InputException("run", "--link", "is given, so requests are those of the scenario; allowed with it is --images and not --listen");
            return Run(new RunOptions(
                parsed.GetRequiredValue(folder), address, parsed.GetValue(images)!, parsed.GetValue(labels), played, parsed.GetValue(requests),
                parsed.GetValue(seed), parsed.GetValue(speed), parsed.GetValue(rtt), parsed.GetValue(model), parsed.GetValue(profile), parsed.GetValue(log),
                parsed.GetValue(remote), Token(parsed.GetValue(token)), parsed.GetValue(oipModel)!, parsed.GetValue(memory), parsed.GetValue(probes), parsed.GetValue(engine)), parsed.GetValue(json), cancel);
        });
        return command;
    }

    private static string? Token(string? file) => file is null ? null
        : File.Exists(file) ? File.ReadAllText(file).Trim() : throw new InputException(file, "--token-file", "is not there; a file that holds the token is needed");

    private static async Task<int> Run(RunOptions options, string? json, CancellationToken cancel)
    {
        var run = new LiveRun(options);
        RunReport? report = null;
        await AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("requests", maxValue: run.Requests);
                report = await run.Play(new Shown(p => bar.Value = p.Answered), cancel);
            });
        RunTable.Print(report!);
        if (json is not null)
            WholeFile.Write(json, ReportJson.Of(report!));
        return 0;
    }

    /// <summary>Progress of T would post to a queue of its own.</summary>
    private sealed class Shown(Action<RunProgress> show) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => show(value);
    }
}
