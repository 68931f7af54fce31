using RlOffload.Environment;
using RlOffload.Training;

namespace RlOffload.Tests.Training;

public sealed class LinkOptionsTests
{
    private static TestConfig Config()
    {
        var config = new TestConfig();
        config.Link("c.json", 3);
        foreach (var n in Enumerable.Range(0, 6))
            config.Write($"drive/run_{n}", $"0 {n + 1}\n1 {n + 2}\n2 1\n");
        return config;
    }

    [Fact]
    public void APatternStandsForTheFilesThatItFits()
    {
        using var config = Config();
        var links = Experiment.Load(config.Path, ["links.train=['drive/*_0', 'drive/run_1']", "links.test=['drive/run_[', 'drive/*_3']", "links.fallback={train: [a.json], test: [b.json]}"]).Links;
        Assert.Equal("drive/run_[", links.StandIn);
        links = Experiment.Load(config.Path, ["links.train=['drive/*_0', 'drive/run_1']", "links.test=['drive/*_3']"]).Links;
        Assert.Equal(["run_0", "run_1"], links.Train.Select(Path.GetFileName));
        Assert.Equal(["run_3"], links.Test.Select(Path.GetFileName));
    }

    [Fact]
    public void WhereTracesAreMissingTheFallbackStandsInAndSaysSo()
    {
        using var config = Config();
        string[] set = ["links.train=[drive/run_0]", "links.test=['nowhere/*']", "links.fallback={train: [a.json], tune: [c.json], test: [b.json]}"];
        var experiment = Experiment.Load(config.Path, set);
        Assert.Equal(["a.json"], experiment.Links.Train.Select(Path.GetFileName));
        Assert.Equal(["c.json"], experiment.Links.Tune!.Select(Path.GetFileName));
        var world = experiment.Build();
        Assert.Contains(world.Notes, n => n.Contains("nowhere/* not there", StringComparison.Ordinal));
        var there = Experiment.Load(config.Path, [.. set, "links.test=['drive/*_3']"]);
        Assert.Null(there.Links.StandIn);
        Assert.Equal(["run_0"], there.Links.Train.Select(Path.GetFileName));
        Assert.Contains("links.test: is 'nowhere/*', which is not there", Assert.Throws<InputException>(() =>
            Experiment.Load(config.Path, ["links.test=['nowhere/*']"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TuningLinksAreWindowsOfTheirOwn()
    {
        using var config = Config();
        var world = Experiment.Load(config.Path, ["links.train=[drive/run_0, drive/run_1]", "links.tune=[drive/run_2]", "links.test=[drive/run_3]", "rtt={shift_ms: 20, mu: 2, sigma: 0.3}"]).Build();
        Assert.Equal(["run_0", "run_1"], world.Training.Files.Select(f => Path.GetFileName(f.Path)));
        Assert.Equal("run_2", Path.GetFileName(world.Tuning.Files.Single().Path));
    }

    [Theory]
    [InlineData("links.tune=[drive/run_0]", "links.tune: holds", "that were not trained on")]
    [InlineData("links.tune=[drive/run_3]", "links.test: holds", "that were not tuned on")]
    public void NoFileServesTwoPurposes(string set, string where, string what)
    {
        using var config = Config();
        var problem = Assert.Throws<InputException>(() => Experiment.Load(config.Path, ["links.train=[drive/run_0]", "links.test=[drive/run_3]", set])).Message;
        Assert.Contains(where, problem, StringComparison.Ordinal);
        Assert.Contains(what, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void NorDoesItsContentUnderAnotherName()
    {
        using var config = Config();
        config.Write("copy", File.ReadAllText(config.At("drive/run_2")));
        var experiment = Experiment.Load(config.Path, ["links.train=[drive/run_0]", "links.tune=[drive/run_2]", "links.test=[copy]"]);
        Assert.Contains("links.tune; allowed are links that were not tuned on", Assert.Throws<InputException>(() => experiment.Build()).Message, StringComparison.Ordinal);
    }
}
