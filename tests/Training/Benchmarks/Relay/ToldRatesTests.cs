using RlOffload.Environment.Links;
using RlOffload.Inference.Emulation.Relay;
using RlOffload.Training.Benchmarks.Relay;

namespace RlOffload.Tests.Training.Benchmarks.Relay;

public class ToldRatesTests
{
    /// <summary>How far it is off is the machine's; that the server tells, of every train, is not.</summary>
    [Fact]
    public async Task EveryTrainBehindARelayIsToldByTheServer()
    {
        var steady = LinkTrace.FromSamples("steady", [0], [2e6], 10);
        var told = await ToldRates.Run(steady, new LinkImpairments(RttModel.Constant(10)), seconds: 1, default);
        Assert.InRange(told.Trains, 1, 10);
        Assert.InRange(told.Error!.Value, 0, 100);
        Assert.True(told.BySocket > 0);
    }
}
