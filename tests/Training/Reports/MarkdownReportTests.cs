using RlOffload.Training.Reports;

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
    public void ASuiteNamesScenariosWithoutRoomAndThoseLeftOut()
    {
        var text = MarkdownReport.Text(Samples.Suite());
        Assert.Contains("| policy | `demo` | `flat` |", text);
        Assert.Contains("Skipped: `away.yaml`. away.yaml:3: profile: is not there", text);
    }
}
