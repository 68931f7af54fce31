using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using RlOffload.Training.Packing;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class PackVerb
{
    public static Command Create()
    {
        var policy = new Argument<string>("POLICY_DIR") { Description = "A frozen policy's folder." };
        var folder = new Option<string>("--out") { Description = "The folder to make; empty or not there.", Required = true };
        var rid = new Option<string>("--rid") { Description = "The device: linux-x64 or linux-arm64.", DefaultValueFactory = _ => PackOptions.X64 };
        var form = new Option<PackForm?>("--form") { Description = "native (compiled ahead of time: what a device needs of the verbs), trimmed, selfcontained (one file each, with the runtime and all verbs) or portable (needs ASP.NET Core on the device) [default: the first of native, trimmed and portable that can be built here]." };
        var prefix = new Option<string>("--prefix") { Description = "Where the folder will lie on the device.", DefaultValueFactory = _ => "/opt/rloffload" };
        var server = new Option<string>("--server") { Description = "Where the server will listen; can be changed in device.env.", DefaultValueFactory = _ => "http://127.0.0.1:8500" };
        var library = new Option<string?>("--onnxruntime") { Description = "libonnxruntime.so for a portable pack [default: the one beside this program, where it has one for the device]." };
        var baseline = new Option<bool>("--baseline") { Description = "Natively, only the program for every x64 processor: smaller by half and made in a third of the time, but its codec has vectors of 128 bits even where the processor has AVX2 or AVX-512." };
        var json = new Option<string?>("--json") { Description = "Write sizes and times to this file as well." };
        var command = new Command("pack", """
            Makes a folder that a device can run: the program, the policy with its network, settings, a systemd unit and a README. The packed
            program has to replay the policy's golden vectors and to give an answer; what does not is not left behind.

            Examples:
              rloffload pack checkpoints/quickstart --out device
              rloffload pack checkpoints/quickstart --out device --form portable --server http://10.0.0.2:8500
              rloffload pack checkpoints/quickstart --out pi --rid linux-arm64 --onnxruntime libonnxruntime.so
            """)
        {
            policy, folder, rid, form, prefix, server, library, baseline, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            var options = new PackOptions(parsed.GetRequiredValue(policy), parsed.GetRequiredValue(folder), parsed.GetValue(rid)!, parsed.GetValue(form), parsed.GetValue(prefix)!,
                parsed.GetValue(server)!, parsed.GetValue(library), AppContext.BaseDirectory, Project("Cli", "RlOffload.Cli.csproj"), Project("Device", "RlOffload.Device.csproj"), Baseline: parsed.GetValue(baseline));
            PackReport? report = null;
            await AnsiConsole.Status().StartAsync("packing", async status => report = await DevicePack.Make(options, TimeProvider.System, said => status.Status(said), cancel));
            Print(report!);
            if (parsed.GetValue(json) is { } path)
                File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(report, ReportStyle.Json));
            return 0;
        });
        return command;
    }

    /// <summary>A project of this program, where it runs from within its sources; else null.</summary>
    private static string? Project(string folder, string name)
    {
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
            if (Path.Combine(above.FullName, "src", folder, name) is var project && File.Exists(project))
                return project;
        return null;
    }

    private static void Print(PackReport r)
    {
        static string Mb(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F1} MB");
        static string Seconds(double s) => string.Create(CultureInfo.InvariantCulture, $"{s:F2} s");
        var table = new Table().AddColumns("what", "measured");
        table.AddRow("form", $"{r.Form.ToString().ToLowerInvariant()}, {r.Rid}").AddRow("size", $"{Mb(r.Bytes)}: program {Mb(r.ProgramBytes)}, network {Mb(r.ModelBytes)}");
        if (r.Start is { } start)
            table.AddRow("start to --help", Seconds(start.HelpSeconds))
                .AddRow("start to first answer, alone", start.AnswerSeconds is { } s ? Seconds(s) : "none")
                .AddRow("resident memory after it", Mb(start.ResidentBytes))
                .AddRow("with the parts of all plans", $"{Mb(start.ReadyBytes)}: {Mb(start.PartBytes)} for the network, {Mb(start.OwnBytes - start.PartBytes)} else of its own, {Mb(start.ReadyBytes - start.OwnBytes)} pages of files; at most {Mb(start.PeakBytes)}");
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"{r.Folder}: its README.md says how to install it");
        foreach (var note in r.Notes)
            Console.Error.WriteLine($"note: {note}");
    }
}
