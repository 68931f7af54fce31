using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Policies;
using RlOffload.Training;
using RlOffload.Training.Distillation;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class DistillVerb
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "The folder of a training run." };
        var to = new Option<PolicyForm>("--to") { Description = "tree: a decision tree; table: a lookup table.", Required = true };
        var folder = new Option<string?>("--out") { Description = "Folder of the frozen policy [default: RUN/tree or RUN/table]." };
        var size = new Option<int>("--size") { Description = "Most leaves of the tree, most cells of the table.", DefaultValueFactory = _ => 256 };
        var states = new Option<int>("--states") { Description = "States to learn from.", DefaultValueFactory = _ => 24_000 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds of learning; the student plays all but the first.", DefaultValueFactory = _ => 4 };
        var windows = new Option<int>("--windows") { Description = "Validation windows on which student and teacher are compared.", DefaultValueFactory = _ => 24 };
        var seed = new Option<ulong>("--seed") { Description = "Of the windows that are learned from.", DefaultValueFactory = _ => 1 };
        var json = new Option<string?>("--json") { Description = "Write the report to this file as well." };
        var command = new Command("distill", """
            Makes a small policy that plays as the agent of a run does: a decision tree or a lookup table, without a network and without ONNX
            Runtime. It learns in the states that it gets into itself (VIPER: Bastani et al. 2018), and chooses in each region of them what the
            agent's values say is lost least. The folder is a frozen policy: 'run', 'evaluate' and 'verify' take it.
            Told: how often both agree, how much reward a request is lost on validation windows, bytes and time of a decision.

            Examples:
              rloffload distill runs/quickstart-seed1 --to tree
              rloffload distill runs/quickstart-seed1 --to table --size 1024 --out checkpoints/table --json distilled.json
              rloffload evaluate configs/quickstart.yaml --policy runs/quickstart-seed1 --policy runs/quickstart-seed1/tree
            """)
        {
            run, to, folder, size, states, rounds, windows, seed, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            await Task.Yield();
            var options = new DistillOptions(parsed.GetValue(to), parsed.GetValue(size), parsed.GetValue(states), parsed.GetValue(rounds), parsed.GetValue(windows),
                parsed.GetValue(seed)).Validated();
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            return Distil(parsed.GetRequiredValue(run), options, parsed.GetValue(folder), parsed.GetValue(json), cancel);
        });
        return command;
    }

    private static int Distil(string from, DistillOptions options, string? to, string? json, CancellationToken cancel)
    {
        if (!RunFolder.IsIn(from))
            throw new InputException(from, "RUN", "holds no run, allowed is a folder that 'rloffload train' wrote");
        var run = new RunFolder(from);
        var world = Experiment.Load(run.Config, []).Build();
        DistillReport report = null!;
        Stages.Bars(AnsiConsole.Console).Start(context => report = AgentDistillation.Run(
            run, world, options, to ?? Path.Combine(from, options.Form.ToString().ToLowerInvariant()), new Stages(context), cancel));
        var table = new Table().AddColumns("", report.Teacher, report.To, "cost model alone");
        void Row(string name, string teacher, string student, string model = "") => table.AddRow(name, teacher, student, model);
        string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        Row("reward a request", Text($"{report.TeacherReward:F4}"), Text($"{report.StudentReward:F4}"), Text($"{report.CostModelReward:F4}"));
        Row("regret a request", "", Text($"{report.Regret.Mean:F4} ({report.Regret.Low:F4} to {report.Regret.High:F4})"));
        Row("agreement", "", Text($"{report.Agreement:P1}"));
        Row("size", "network", Text($"{report.Regions} {(report.To == "tree" ? "leaves" : "cells")}, each {(report.Corrects ? "corrects the cost model" : "a ranking of plans")}"));
        Row("bytes", Text($"{report.TeacherBytes:N0}"), Text($"{report.Bytes:N0}"));
        Row("ns a decision", Text($"{report.TeacherNs:N0}"), Text($"{report.Ns:N0}"));
        Row("bytes allocated a decision", "", Text($"{report.AllocatedBytes:0.##}"));
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(Text($"{report.States:N0} states learned from; figures on {report.Windows} validation windows of which nothing was learned, regret with its 95 % interval"));
        AnsiConsole.WriteLine($"{report.Folder}: check it anywhere with 'rloffload verify {report.Folder}'");
        if (json is not null)
            RunFolder.WriteText(json, JsonSerializer.Serialize(report, ProfileFile.Json));
        return 0;
    }
}
