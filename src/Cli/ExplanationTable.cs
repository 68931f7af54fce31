using System.Globalization;
using RlOffload.Inference.Runs;
using Spectre.Console;

namespace RlOffload.Cli;

/// <summary>One decision's plans side by side, and why the policy's choice won.</summary>
internal static class ExplanationTable
{
    /// <param name="most">Plans to show, the best first; 0: all.</param>
    public static void Print(Explanation explained, int most)
    {
        var table = new Table().AddColumns("plan", "value", "reward", "outcome", "latency ms", "= wait", "+ device", "+ wait", "+ uplink", "+ round trip", "+ server", "accuracy", "mJ");
        foreach (var p in most > 0 ? explained.Plans.Take(most) : explained.Plans)
        {
            string[] cells =
            [
                (p.Plan == explained.Policy ? "> " : "  ") + p.Plan, p.Value is { } value ? Text($"{value:F4}") : "forbidden", Text($"{p.Reward:F4}"), DecisionJson.Name(p.Outcome), Text($"{p.Latency:F1}"),
                Text($"{p.DeviceWait:F1}"), Text($"{p.Device:F1}"), Text($"{p.UplinkWait:F1}"), Text($"{p.Uplink:F1}"), Text($"{p.RoundTrip:F1}"), Text($"{p.Server:F1}"),
                Text($"{p.Accuracy:F3}"), Text($"{p.EnergyMj:F2}"),
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }
        AnsiConsole.Write(table);
        foreach (var sentence in explained.Why)
            AnsiConsole.WriteLine(sentence);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
