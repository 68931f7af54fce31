using System.CommandLine;
using System.Net;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Remote;

namespace RlOffload.Cli.Verbs;

internal static class ServeVerb
{
    public static Command Create()
    {
        var subject = new Argument<string>("DIR|MODEL") { Description = "A frozen policy's folder, or the network itself (MODEL.onnx)." };
        var port = new Option<int>("--port") { Description = "Port to listen on; 0 takes a free one.", DefaultValueFactory = _ => 8500 };
        var host = new Option<string>("--host") { Description = "Address to listen on; 0.0.0.0 for all.", DefaultValueFactory = _ => "127.0.0.1" };
        var profile = new Option<string?>("--profile") { Description = "The network's profile [default: the policy's, or MODEL.profile.json]." };
        var model = new Option<string?>("--model") { Description = "The network, where DIR does not name it." };
        var lazy = new Option<bool>("--lazy") { Description = "Open each tail when it is first asked for, not at the start." };
        var command = new Command("serve", """
            The remote half: takes tensors at a cut, runs the tail, answers. One message is one HTTP POST to /infer;
            GET /health says what is served. Malformed messages are refused with the reason. Ctrl-C stops it.

            Example:
              rloffload serve checkpoints/quickstart --port 8500
            """)
        {
            subject, port, host, profile, model, lazy,
        };
        command.SetAction((parsed, cancel) => Run(
            parsed.GetRequiredValue(subject), parsed.GetValue(port), parsed.GetValue(host)!, parsed.GetValue(profile), parsed.GetValue(model), parsed.GetValue(lazy), cancel));
        return command;
    }

    private static async Task<int> Run(string subject, int port, string host, string? profile, string? model, bool lazy, CancellationToken cancel)
    {
        if (port is < 0 or > 65535)
            throw new InputException("serve", "--port", $"is {port}, allowed is 0 to 65535");
        if (!IPAddress.TryParse(host, out var address))
            throw new InputException("serve", "--host", $"is '{host}', allowed is an address such as 127.0.0.1 or 0.0.0.0");
        var (measured, path, parts) = Directory.Exists(subject) ? OfPolicy(subject, profile, model) : OfModel(subject, profile);
        using var partitions = new PartitionSet(path, measured);
        await using var server = new RemoteServer(partitions, new ServerOptions(address, port));
        if (!lazy)
            server.Prepare(parts);
        await server.Start(cancel);
        Console.WriteLine($"serving {measured.Model.Path}, {partitions.Opened} parts open");
        Console.WriteLine($"listening on {server.Address.ToString().TrimEnd('/')}");
        await server.WaitForShutdown(cancel);
        Console.WriteLine($"stopped after {server.Answered} answers and {server.Refused} refusals");
        return 0;
    }

    private static (ModelProfile Profile, string Model, IEnumerable<PartKey> Parts) OfPolicy(string folder, string? profile, string? model)
    {
        var policy = FrozenPolicyFile.Read(folder);
        string Named(string option, string file) => FrozenPolicyFile.Find(folder, file)
            ?? throw new InputException(Path.Combine(folder, FrozenPolicyFile.Description), option, $"{file} is not there; name the file with {option}");
        var measured = ProfileFile.Read(profile ?? Named("--profile", policy.Profile.Path));
        var refusals = FrozenPolicyCheck.Refusals(policy, measured).Select(r => $"{Path.Combine(folder, FrozenPolicyFile.Description)}:{r}").ToList();
        return refusals.Count == 0
            ? (measured, model ?? Named("--model", policy.Model.Path), PartitionSet.ServerParts(policy.Table()))
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
