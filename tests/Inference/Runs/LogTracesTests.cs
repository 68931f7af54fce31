using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Runs;

namespace RlOffload.Tests.Inference.Runs;

public sealed class LogTracesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static LoggedDecision Sent(int session, int request, double arrival, double bytes, double seconds)
    {
        var plan = new OffloadPlan(PlanKind.Remote, 0, 0, 0);
        var outcome = new Outcome(request, 0, OutcomeKind.Answered, 1, 1, 0.2, 1, 0, bytes, 0, 0, 0, 0, seconds, 0, seconds > 0 ? 0.04 : double.NaN);
        return new(session, new FlightRecord(request, 0, arrival, 0, plan, default, outcome, Reason.None, 0, -1, 0, 0, 0, 0, 0, 0, 0), "remote@1", null, new Observation());
    }

    [Fact]
    public void ALinkThatChangedBetweenTransfersIsATraceThatDoes()
    {
        // 80 kbit/s, then 800 kbit/s; a run begins at its first arrival.
        List<LoggedDecision> log = [Sent(0, 0, 10, 1000, 0.1), Sent(0, 1, 11, 1000, 0.01), Sent(1, 0, 0, 500, 0.05), Sent(1, 1, 4, 0, 0)];
        var traces = LogTraces.Write("run.log", log, _folder.At("out"));
        Assert.Equal((2, 3, 4), (traces.Sessions, traces.Transfers, traces.Requests));
        var first = TraceFile.Read(_folder.At("out/links/run-001.txt")).Trace;
        Assert.Equal((80_000, 800_000), (Math.Round(first.RateAt(0.2)), Math.Round(first.RateAt(1.0))));
        Assert.Equal(80_000, first.RateAt(0.54), 1);
        Assert.Equal(800_000, first.RateAt(0.56), 1);
        Assert.True(File.Exists(_folder.At("out/links/run-002.txt")));
        // The second run follows a mean gap, (1 + 4) / 2 s, after the first.
        Assert.Equal(["0.000000", "1.000000", "3.500000", "7.500000"], File.ReadAllLines(_folder.At("out/arrivals.txt")));
        Assert.Equal(40, RttFile.Read(_folder.At("out/rtt.txt")).Milliseconds[0], 3);
    }

    [Fact]
    public void ALogWithoutTransfersTellsNothingOfALink() =>
        Assert.Contains("run.log:transfers", Assert.Throws<InputException>(() => LogTraces.Write("run.log", [Sent(0, 0, 0, 0, 0)], _folder.At("out"))).Message);
}
