using System.CommandLine;
using RlOffload.Environment;
using RlOffload.Training;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class ExportVerb
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "The folder of a training run." };
        var folder = new Option<string>("--out") { Description = "Folder of the frozen policy: policy.onnx and policy.json.", Required = true };
        var name = new Option<string?>("--name") { Description = "How the policy calls itself in reports [default: the run's agent]." };
        var command = new Command("export", """
            Freezes the agent of a training run into the files that a device needs. Nothing is written unless ONNX Runtime decides on the
            golden vectors exactly as the trained network did.

            Example:
              rloffload export runs/quickstart-seed1 --out checkpoints/mine
            """)
        {
            run, folder, name,
        };
        command.SetAction(parsed => Export(parsed.GetRequiredValue(run), parsed.GetRequiredValue(folder), parsed.GetValue(name)));
        return command;
    }

    private static int Export(string from, string to, string? name)
    {
        if (!RunFolder.IsIn(from))
            throw new InputException(from, "RUN", "holds no run, allowed is a folder that 'rloffload train' wrote");
        var run = new RunFolder(from);
        var policy = PolicyExport.Write(run, Experiment.Load(run.Config, []).Build(), name ?? run.ReadManifest().Agent, to);
        AnsiConsole.WriteLine($"{to}: {policy.Plans.Count} plans, {policy.Observation.Count} observations, {policy.Golden.Count} golden vectors replayed; check it anywhere with 'rloffload verify {to}'");
        return 0;
    }
}
