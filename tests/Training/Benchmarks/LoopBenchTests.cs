using RlOffload.Training.Benchmarks;

namespace RlOffload.Tests.Training.Benchmarks;

[Collection(nameof(Alone))]
public sealed class LoopBenchTests
{
    /// <summary>Other threads of the test's process may allocate now and then; a request's own would come in each of 2,000.</summary>
    [Fact]
    public async Task AWholeRequestAllocatesNothingOnTheDevice()
    {
        var costs = await LoopBench.Run(rounds: 3, ["dotnet", Path.Combine(AppContext.BaseDirectory, "rloffload.dll")], default);
        Assert.Equal(3, costs.Count);
        Assert.All(costs, c => Assert.True(c.Bytes < 8 && c.P50Us > 0 && c.P99Us >= c.P50Us, $"{c}"));
    }
}
