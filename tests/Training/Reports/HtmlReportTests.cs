using System.Xml;
using System.Xml.Linq;
using RlOffload.Environment.Plans;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Reports;
using RlOffload.Training.Statistics;
using RlOffload.Training.Suites;

namespace RlOffload.Tests.Training.Reports;

public sealed class HtmlReportTests
{
    public static TheoryData<string> Pages => [HtmlReport.Page(WithAll()), HtmlReport.Page(Samples.Suite()), HtmlReport.Page(Samples.Suite() with { Aggregate = Aggregate() })];

    [Theory, MemberData(nameof(Pages))]
    public void ThePageIsWellFormedLoadsNothingAndHoldsEveryPolicy(string page)
    {
        var document = Parse(page);
        Assert.DoesNotContain("http", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(document.Descendants(), e => e.Name.LocalName is "script" or "link" or "img" or "iframe");
        Assert.DoesNotContain(document.Descendants().Attributes(), a => a.Name.LocalName is "src" || (a.Name.LocalName == "href" && !a.Value.StartsWith('#')));
        var rows = document.Descendants("th").Where(t => (string?)t.Attribute("scope") == "row").Select(t => t.Value).ToList();
        foreach (var policy in Samples.Evaluation().Policies)
            Assert.Contains(policy.Name, rows);
        Assert.Contains("prefers-color-scheme: dark", page);
        Assert.DoesNotContain("NaN", page);
        Assert.DoesNotContain("∞", page);
    }

    [Fact]
    public void EveryChartIsDrawnAndNamed()
    {
        var document = Parse(HtmlReport.Page(WithAll()));
        var captions = document.Descendants("figcaption").Select(c => c.Value).ToList();
        foreach (var chart in new[] { "Score", "Distribution of latency", "against latency", "against energy", "against memory", "LMOS", "Time of a decision", "Window 7" })
            Assert.Contains(captions, c => c.Contains(chart, StringComparison.Ordinal));
        Assert.All(document.Descendants("svg"), s => Assert.False(string.IsNullOrEmpty((string?)s.Attribute("aria-label"))));
        // Every coordinate lies in its picture.
        foreach (var svg in document.Descendants("svg"))
        {
            var box = ((string)svg.Attribute("viewBox")!).Split(' ').Select(v => double.Parse(v, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            foreach (var point in svg.Descendants().Where(e => e.Name.LocalName is "polyline" or "polygon").SelectMany(e => ((string)e.Attribute("points")!).Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            {
                var xy = point.Split(',').Select(v => double.Parse(v, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
                Assert.InRange(xy[0], 0, box[2]);
                Assert.InRange(xy[1], 0, box[3]);
            }
        }
        Assert.Contains("Hypervolume", document.Root!.Value);
        Assert.Equal(2, document.Descendants("rect").Count(r => ((string)r.Attribute("class")!).StartsWith("late", StringComparison.Ordinal)));
    }

    private static EvaluationReport WithAll() => Samples.Evaluation() with
    {
        LatencyMemoryScale = new(400, 4e6),
        Provenance = new("configs/demo.yaml", "ab", "cd", "ef", "01", "23", 2000, "1.0", "10.0"),
        Timeline = new Timeline(7, 0.5, [1, 2, 0.5, 0], [.. Samples.Evaluation().Policies.Take(2).Select(p => new PolicyTimeline(p.Name,
            [new(0.1, "local@1", PlanKind.Local, true, 0, 0), new(1.2, "cut2@3/4b", PlanKind.Split, false, 0.4, 2e4)]))]),
    };

    private static AggregateReport Aggregate()
    {
        var i = new Interval(0.5, 0.4, 0.6);
        double[] thresholds = [-1, 0, 1];
        return new(["demo"], ["flat"], "priced", thresholds, 100, [.. Samples.Evaluation().Policies.Select(p =>
            new PolicyAggregate(p.Name, 1, new(1, 1), p.Score!, i, i, p.Name == "priced" ? null : i, [new(1, 1, 1), i, new(0, 0, 0)], p.TuningTrials))]);
    }

    private static XDocument Parse(string page)
    {
        using var reader = XmlReader.Create(new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }
}
