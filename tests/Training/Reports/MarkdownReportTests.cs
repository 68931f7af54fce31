using RlOffload.Training.Reports;
using RlOffload.Training.Suites;

namespace RlOffload.Tests.Training.Reports;

public sealed class MarkdownReportTests
{
    [Fact]
    public void TheTableHasOneRowAPolicyBestFirstAndBarsAreEscaped()
    {
        var text = MarkdownReport.Text(Samples.Evaluation());
        var rows = text.Split('\n').Where(l => l.StartsWith('|')).ToList();
        Assert.Equal(2 + 3, rows.Count);
        Assert.StartsWith("| `priced` | 0.80 (0.70..0.90) | 0.5800 |", rows[2]);
        Assert.Contains("<c> \\| d", rows[3]);
        Assert.All(rows, r => Assert.Equal(14, r.Replace("\\|", "").Count(c => c == '|')));
        Assert.Contains("| not stated |", rows[3]);
        Assert.Contains("mind \\| this", text);
    }

    [Fact]
    public void WhoBreaksABudgetStandsBelowAllThatKeepThem()
    {
        var rows = MarkdownReport.Text(Samples.Budgeted()).Split('\n').Where(l => l.StartsWith('|')).ToList();
        Assert.Contains("| J a request (budget 0.250) | shortfall (budget 0.100) |", rows[0]);
        Assert.StartsWith("| `priced` | breaks energy_j_per_request | 0.400, over in 3 of 4 windows | 0.050 | 0.5800 |", rows[^1]);
        Assert.StartsWith("| `lmos` | -1.00 (-1.10..-0.90) | 0.200 | 0.050 |", rows[^2]);
        Assert.Contains("below all that keep them", MarkdownReport.Text(Samples.Budgeted()));
        Assert.DoesNotContain("udget", MarkdownReport.Text(Samples.Evaluation()));
    }

    [Fact]
    public void ASuiteNamesScenariosWithoutRoomAndThoseLeftOut()
    {
        var text = MarkdownReport.Text(Samples.Suite());
        Assert.Contains("| policy | `demo` | `flat` |", text);
        Assert.Contains("| `demo` | 4 | 0.100 | `cut2@3/4b` | 0.5000 | 0.6000 |  |  |  |", text);
        var measured = Samples.Evaluation() with { RoomTaken = new(new(0.1, 0.08, 0.13), "priced", new(0.8, 0.7, 0.9)) };
        Assert.Contains("| `demo` | 4 | 0.100 (0.080..0.130) | `cut2@3/4b` | 0.5000 | 0.6000 | `priced` | 0.80 (0.70..0.90) | 0.020 |", MarkdownReport.Text(new SuiteReport([measured], [], null)));
        Assert.Contains("\nRoom 0.100 (0.080..0.130) reward a request; of these planners priced takes most of it", MarkdownReport.Text(measured));
        Assert.Contains("Skipped: `away.yaml`. away.yaml:3: profile: is not there", text);
    }
}
