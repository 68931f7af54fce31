using RlOffload.Tests.Inference;
using RlOffload.Training.Benchmarks;

namespace RlOffload.Tests.Training.Benchmarks;

public sealed class SplitBenchTests
{
    [Fact]
    public void TheHalvesGiveTheWholesAnswerAndTheRatiosAddUp()
    {
        using var folder = new TemporaryFolder();
        var report = SplitBench.Run([new TestNetwork(folder).ModelPath], cuts: 4, rounds: 1);
        var model = Assert.Single(report.Models);
        Assert.InRange(model.Cuts.Count, 2, 4);
        Assert.All(model.Cuts, c => Assert.True(c.Difference < 1e-5, $"{c}"));
        Assert.All(model.Cuts, c => Assert.Equal(c.Ms / model.WholeMs, c.RatioToWhole, 0.05 * c.RatioToWhole));
        Assert.Contains(model.Cuts, c => c.PayloadBytes == 4 * 8 * 8 * 8);
        Assert.Equal(report.MedianRatioToWhole, model.MedianRatioToWhole);
    }
}
