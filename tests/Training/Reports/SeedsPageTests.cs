using System.Xml.Linq;
using RlOffload.Training;
using RlOffload.Training.Reports;

namespace RlOffload.Tests.Training.Reports;

public sealed class SeedsPageTests
{
    [Fact]
    public void ItDrawsEverySeedTheirMeanAndItsInterval()
    {
        using var config = new TestConfig();
        World[] worlds = [config.World("seed=1"), config.World("seed=2"), config.World("seed=3")];
        var folder = new SeedsFolder(config.At("seeds"));
        folder.Begin(worlds[0].Experiment, [1, 2, 3]);
        new SeedsTraining(worlds, folder, TimeProvider.System).Learn(1, (_, _) => { }, CancellationToken.None);
        var report = Samples.Evaluation();
        var page = SeedsPage.Html(folder, worlds[0].Experiment.Train, report, report);
        var figure = XDocument.Parse(page.Replace("<!DOCTYPE html>", "")).Descendants("figure").First();
        Assert.Equal("Reward on validation windows while learning", figure.Element("figcaption")!.Value);
        Assert.Equal(3, figure.Descendants("polyline").Count(l => l.Element("title")!.Value == "each seed"));
        Assert.Single(figure.Descendants("polyline"), l => l.Element("title")!.Value == "mean over seeds");
        Assert.Single(figure.Descendants("polygon"));
        Assert.Contains("href=\"seed2/report.html\"", page);
        Assert.DoesNotContain("NaN", page);
    }
}
