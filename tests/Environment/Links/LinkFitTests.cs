using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class LinkFitTests
{
    private static readonly LinkFitOptions Options = new("synthetic", "uplink", "drawn from a known model", "none needed");

    [Fact]
    public void AFitRecoversTheModelThatTheTracesWereDrawnFrom()
    {
        var truth = LinkModel.From(LinkModelTests.Example with { Process = new(0.3, [new(0.4, 8)], 0.3) });
        var fitted = LinkFit.Fit([.. Enumerable.Range(0, 60).Select(w => truth.Draw(5, (ulong)w, 300))], Options);

        Assert.Equal(0.5, fitted.Parameters.BinSeconds);
        foreach (var p in new[] { 0.25, 0.5, 0.75, 0.9 })
            Assert.InRange(fitted.Quantile(p), truth.Quantile(p) * 0.85, truth.Quantile(p) * 1.15);
        Assert.InRange(fitted.Parameters.Fit!.ZeroShare.Data, 0.07, 0.13);
        foreach (var lag in new[] { 0.5, 2, 8, 40 })
            Assert.InRange(Correlation(fitted, lag), Correlation(truth, lag) - 0.08, Correlation(truth, lag) + 0.08);
        var (data, model) = (fitted.Parameters.Fit!.Autocorrelation.Data, fitted.Parameters.Fit.Autocorrelation.Model);
        for (var i = 0; i < data.Count; i++)
            Assert.InRange(model[i], data[i] - 0.04, data[i] + 0.04);
    }

    [Fact]
    public void TheSameTracesGiveTheSameFit()
    {
        LinkTrace[] traces = [LinkModel.From(LinkModelTests.Example).Draw(1, 0, 400)];
        Assert.Equal(LinkFit.Fit(traces, Options).ToJson(), LinkFit.Fit(traces, Options).ToJson());
    }

    [Fact]
    public void RoundTripsAreFittedWithTheirQuantilesBeside()
    {
        var truth = RttModel.ShiftedLognormal(20, 1.5, 0.6);
        var fitted = LinkFit.FitRtt(new RttReading([.. Enumerable.Range(0, 1000).Select(i => truth.Quantile((i + 0.5) / 1000))], "", 1, []), "made up");
        Assert.Equal(1000, fitted.Samples);
        for (var i = 0; i < fitted.Fit!.Probability.Count; i++)
            Assert.InRange(fitted.Fit.Model[i], fitted.Fit.Data[i] - 0.3, fitted.Fit.Data[i] + 0.3);
    }

    [Fact]
    public void WhatCannotBeFittedIsRefused()
    {
        var seconds = Enumerable.Range(0, 300).Select(i => (double)i).ToArray();
        var varying = LinkTrace.FromSamples("x", seconds, [.. seconds.Select(s => 1e6 + s)], 300);
        Assert.Contains("--bin: is 0.5 s, but the data has a sample every 1 s, allowed is 1 or more", Error([varying], Options with { BinSeconds = 0.5 }));
        Assert.Contains("--bin", Error([varying], Options with { BinSeconds = double.NaN }));
        Assert.Contains("hold 30 bins of 10 s, allowed is 100 or more", Error([varying], Options with { BinSeconds = 10 }));
        Assert.Contains("same rate throughout", Error([LinkTrace.FromSamples("x", seconds, [.. seconds.Select(_ => 1e6)], 300)], Options));
        Assert.Contains("direction: is 'up'", Error([varying], Options with { Direction = "up" }));

        static string Error(LinkTrace[] traces, LinkFitOptions options) => Assert.Throws<InputException>(() => LinkFit.Fit(traces, options)).Message;
    }

    private static double Correlation(LinkModel model, double lag)
    {
        var p = model.Parameters.Process;
        return p.LevelShare + p.Components.Sum(c => c.Share * Math.Exp(-lag / c.Seconds));
    }
}
