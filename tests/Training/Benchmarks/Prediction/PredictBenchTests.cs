using RlOffload.Inference.Images;
using RlOffload.Tests.Inference;
using RlOffload.Training.Benchmarks.Prediction;

namespace RlOffload.Tests.Training.Benchmarks.Prediction;

public sealed class PredictBenchTests
{
    [Fact]
    public async Task EveryLinkIsPlayedAndItsErrorsAreCountedTogether()
    {
        using var folder = new TemporaryFolder();
        var network = new TestNetwork(folder);
        network.WritePolicy();
        using (var frames = new IdxWriter(folder.At("frames.idx"), 2, 3, 16, 16))
        using (var labels = new IdxWriter(folder.At("frames-labels.idx"), 2))
        {
            for (var i = 0; i < 2; i++)
            {
                frames.Write(TestNetwork.Frame(i));
                labels.Write([(byte)i]);
            }
            frames.Commit();
            labels.Commit();
        }
        string[] links = [folder.Write("slow.txt", "0 0.3\n1 0.2\n"), folder.Write("fast.txt", "0 3\n1 2\n")];
        var report = await PredictBench.Run(network.PolicyPath, folder.At("frames.idx"), links, 20, 1, null, default);
        Assert.Equal((40, 40), (report.Requests, report.Plans.Values.Sum()));
        Assert.Equal(["slow", "fast"], report.Traces.Select(t => t.Trace));
        Assert.Equal(report.Compared, report.Traces.Sum(t => t.Compared));
        Assert.InRange(report.Compared, 0, 40);
    }
}
