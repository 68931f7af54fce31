using System.Xml.Linq;
using RlOffload.Environment;
using RlOffload.Training.Regimes;
using RlOffload.Training.Reports;
using RlOffload.Training.Suites;

namespace RlOffload.Tests.Training.Reports;

public sealed class RegimePageTests
{
    [Fact]
    public void EveryPictureHasASquareForEveryRegimeAndThePageLoadsNothing()
    {
        var axes = new RegimeAxes { Loads = [1, 2], Arrivals = [ArrivalKind.Poisson, ArrivalKind.Bursty], Knowledge = [RateKnowledge.Own], Deadlines = [1] };
        var reports = axes.Regimes.Select((r, i) => Samples.Evaluation(r.ToString(), i == 0 ? 0.001 : 0.1)).ToList();
        var page = RegimePage.Html(RegimeMap.Of("demo", axes, new SuiteReport(reports, [], null), 100));
        var pictures = XDocument.Parse(page.Replace("<!DOCTYPE html>", "")).Descendants("svg").ToList();
        Assert.True(pictures.Count >= 3);
        Assert.All(pictures, p => Assert.Equal(4, p.Descendants("rect").Count()));
        Assert.DoesNotContain("http", page);
        Assert.DoesNotContain("NaN", page);
        Assert.Contains(RegimePage.Text(RegimeVerdict.NoRoom), page);
    }
}
