using System.Xml.Linq;
using RlOffload.Training;
using RlOffload.Training.Reports;

namespace RlOffload.Tests.Training.Reports;

public sealed class TrainingPageTests
{
    [Fact]
    public void ItDrawsHowTheRunLearnedBesideTheScaleAndThenTheEvaluation()
    {
        using var config = new TestConfig();
        var world = config.World();
        var run = new RunFolder(config.At("run"));
        var training = new TrainingRun(world, run, TimeProvider.System);
        training.Begin();
        var fresh = XDocument.Parse(TrainingPage.Html(run, world.Experiment.Train, null, null).Replace("<!DOCTYPE html>", ""));
        Assert.Empty(fresh.Descendants("svg"));

        training.Learn(_ => { }, CancellationToken.None);
        var report = Samples.Evaluation();
        var page = TrainingPage.Html(run, world.Experiment.Train, report, report);
        var charts = XDocument.Parse(page.Replace("<!DOCTYPE html>", "")).Descendants("figure").ToList();
        var curve = charts.Single(f => f.Element("figcaption")!.Value == "Reward while learning");
        Assert.Contains("best fixed plan", curve.ToString());
        Assert.Contains("hindsight oracle", curve.ToString());
        // The greedy agent: before learning, and at least once after.
        var line = curve.Descendants("polyline").Single(l => l.Element("title")!.Value == "greedy on validation windows");
        Assert.True(line.Attribute("points")!.Value.Split(' ').Length >= 2);
        Assert.Contains(charts, f => f.Element("figcaption")!.Value == "Entropy and temperature");
        Assert.Contains("On links that it was not trained on", page);
        Assert.DoesNotContain("NaN", page);
    }
}
