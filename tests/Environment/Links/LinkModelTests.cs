using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class LinkModelTests
{
    internal static readonly LinkModelFile Example = new()
    {
        Name = "example",
        Direction = "uplink",
        Source = "made up for a test",
        Licence = "none needed",
        BinSeconds = 0.5,
        Quantiles = new([0, 0.1, 0.5, 0.9, 1], [0, 0, 1e6, 3e6, 8e6]),
        Process = new(0.2, [new(0.5, 10), new(0.2, 1)], 0.1),
        Rtt = new(30, 2, 0.5, "made up", 0, null),
    };

    [Fact]
    public void TheSameKeyDrawsTheSameTraceAndAnotherDoesNot()
    {
        var model = LinkModel.From(Example);
        var trace = model.Draw(1, 7, 90);
        Assert.Equal(Rates(trace), Rates(model.Draw(1, 7, 90)));
        Assert.NotEqual(Rates(trace), Rates(model.Draw(1, 8, 90)));
        Assert.NotEqual(Rates(trace), Rates(model.Draw(2, 7, 90)));
        Assert.Equal(90, trace.DurationSeconds);
        Assert.Equal(180, trace.Segments);
        Assert.Same(model.Rtt, trace.RoundTrips);
        Assert.Equal("example#7", trace.Name);
    }

    [Fact]
    public void AWindowOfTooManyBinsIsRefusedByTheKeyThatMakesThemShort()
    {
        var fine = LinkModel.From(Example with { BinSeconds = 0.001 });
        Assert.Contains("example:bin_seconds: is 0.001, of which 20000 s are more than 10000000 bins", Assert.Throws<InputException>(() => fine.Draw(1, 1, 20_000)).Message);
    }

    [Fact]
    public void ALongerTraceBeginsLikeAShorterOne()
    {
        var model = LinkModel.From(Example);
        Assert.Equal(Rates(model.Draw(1, 7, 20)), Rates(model.Draw(1, 7, 90))[..40]);
    }

    [Fact]
    public void DrawnRatesHaveTheQuantilesOfTheModel()
    {
        var model = LinkModel.From(Example);
        var rates = Enumerable.Range(0, 6000).SelectMany(w => Rates(model.Draw(3, (ulong)w, 10))).ToArray();
        foreach (var p in new[] { 0.1, 0.25, 0.5, 0.75, 0.9 })
            Assert.InRange(rates.Count(r => r <= model.Quantile(p)) / (double)rates.Length, p - 0.012, p + 0.012);
    }

    [Fact]
    public void ATraceOverWhichNothingCouldBeSentIsDrawnAgain()
    {
        var mostlyDown = LinkModel.From(Example with { Quantiles = new([0, 0.9, 1], [0, 0, 1e6]) });
        for (ulong w = 0; w < 200; w++)
            Assert.True(mostlyDown.Draw(1, w, 1).MeanBitsPerSecond > 0);
        var down = LinkModel.From(Example with { Quantiles = new([0, 1 - 1e-12, 1], [0, 0, 1e6]) });
        Assert.Contains("always down", Assert.Throws<InputException>(() => down.Draw(1, 0, 10)).Message);
    }

    [Fact]
    public void WhatIsWrittenIsReadBack()
    {
        using var folder = new TemporaryFolder();
        var path = folder.At("link.json");
        LinkModel.From(Example).Write(path);
        Assert.Equal(LinkModel.From(Example).ToJson(), File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Root));
        var read = LinkModel.Read(path);
        Assert.Equal(Rates(LinkModel.From(Example).Draw(1, 2, 60)), Rates(read.Draw(1, 2, 60)));
        Assert.Equal(path, read.File);
        Assert.Equal(30, read.Rtt!.ShiftMs);
    }

    [Theory]
    [InlineData("{", "not a link model")]
    [InlineData("null", "is null")]
    [InlineData("{}", "not a link model")]
    public void AFileThatIsNoLinkModelIsRefused(string text, string reason)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("link.json", text);
        var message = Assert.Throws<InputException>(() => LinkModel.Read(path)).Message;
        Assert.StartsWith(path + ":", message);
        Assert.Contains(reason, message);
        Assert.Contains("cannot be read", Assert.Throws<InputException>(() => LinkModel.Read(folder.At("absent.json"))).Message);
    }

    public static TheoryData<string> Shipped => [.. Directory.GetFiles(Repository.At("configs/links"), "*.json").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void EveryShippedModelLoadsAndDrawsLikeItsData(string file)
    {
        var model = LinkModel.Read(Repository.At("configs/links/" + file));
        Assert.Equal(file, model.Name + ".json");
        var fit = model.Parameters.Fit!;
        Assert.InRange(fit.Mean.Model, fit.Mean.Data * 0.95, fit.Mean.Data * 1.05);
        Assert.InRange(fit.ZeroShare.Model, fit.ZeroShare.Data - 0.01, fit.ZeroShare.Data + 0.01);
        // A trace of a few of its own slowest time constants does not fix its autocorrelation (Bartlett): such models only keep its shape.
        var parameters = model.Parameters;
        var longest = parameters.Data.Max(d => d.Bins) * parameters.BinSeconds;
        var loose = longest < 4 * parameters.Process.Components.Max(c => c.Seconds) ? 0.3 : 0.12;
        for (var i = 0; i < fit.Autocorrelation.LagSeconds.Count; i++)
            Assert.InRange(fit.Autocorrelation.Model[i], fit.Autocorrelation.Data[i] - loose, fit.Autocorrelation.Data[i] + loose);
        var mean = Enumerable.Range(0, 200).Average(w => model.Draw(9, (ulong)w, 60).MeanBitsPerSecond) / 1e6;
        Assert.InRange(mean, fit.Mean.Data * 0.8, fit.Mean.Data * 1.2);
    }

    [DataFact("traces/mahimahi")]
    public void TheShippedCellularUplinkIsWhatItsDataGives()
    {
        var shipped = LinkModel.Read(Repository.At("configs/links/cellular-uplink.json")).Parameters;
        var traces = new[] { "ATT-LTE", "TMobile-UMTS", "Verizon-EVDO" }.Select(n => TraceFile.Read(SharedData.At($"traces/mahimahi/{n}-driving.up")).Trace);
        var fitted = LinkFit.Fit([.. traces], new(shipped.Name, shipped.Direction, shipped.Source, shipped.Licence)).Parameters;
        Assert.Equal(shipped.Data, fitted.Data);
        Assert.Equal(shipped.Quantiles.BitsPerSecond, fitted.Quantiles.BitsPerSecond);
        Assert.Equal(shipped.Process.Components, fitted.Process.Components);
    }

    private static double[] Rates(LinkTrace trace) => [.. Enumerable.Range(0, trace.Segments).Select(trace.RateOf)];
}
