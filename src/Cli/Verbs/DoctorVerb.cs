using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using RlOffload.Training;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class DoctorVerb
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static Command Create()
    {
        var config = new Argument<string?>("CONFIG") { Description = "An experiment (YAML); without one only the machine is looked at.", Arity = ArgumentArity.ZeroOrOne };
        var set = new Option<string[]>("--set") { Description = "KEY=VALUE, in the place of the config's; may be repeated.", DefaultValueFactory = _ => [] };
        var json = new Option<string?>("--json") { Description = "Write the findings to this file as well." };
        var command = new Command("doctor", """
            Looks at the machine, a config and every file that the config names, plays a few windows with random plans and checks
            that they keep the environment's contract, and shows the plans with what each costs.
            Exit code 0: all is well; 2: something is not, and the table says what is allowed.

            Example:
              rloffload doctor configs/quickstart.yaml --set arrivals.mean_gap_s=0.5
            """)
        {
            config, set, json,
        };
        command.SetAction(parsed =>
        {
            var report = Doctor.Examine(parsed.GetValue(config), parsed.GetValue(set)!, TimeProvider.System);
            Print(report);
            if (parsed.GetValue(json) is { } path)
                File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(report, Json));
            return report.Sound ? 0 : 2;
        });
        return command;
    }

    private static void Print(DoctorReport report)
    {
        var findings = new Table().Border(TableBorder.None).HideHeaders().AddColumns("status", "check", "detail");
        foreach (var f in report.Findings)
            findings.AddRow(
                new Markup(f.Status switch { FindingStatus.Ok => "[green]ok[/]", FindingStatus.Warning => "[yellow]warning[/]", _ => "[red]problem[/]" }),
                new Text(f.Check), new Text(f.Detail));
        AnsiConsole.Write(findings);
        if (report.Plans is not { } plans)
            return;
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("plan").AddColumn(new TableColumn("device ms").RightAligned()).AddColumn(new TableColumn("bytes").RightAligned())
            .AddColumn(new TableColumn("server ms").RightAligned()).AddColumn(new TableColumn("accuracy").RightAligned())
            .AddColumn(new TableColumn("memory kB").RightAligned()).AddColumn("runs");
        foreach (var p in plans.Learner)
            table.AddRow(p.Plan, Number(p.DeviceMs, "0.0"), Number(p.Bytes, "0"), Number(p.ServerMs, "0.00"), Number(p.Accuracy, "0.000"),
                Number(p.MemoryBytes / 1e3, "0"), p.Runnable ? "yes" : "no");
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"{plans.Full} plans in all; of those for the learner, drop and the twins that probe are left out here.");
    }

    private static string Number(double x, string format) => x.ToString(format, CultureInfo.InvariantCulture);
}
