using System.Text.Json.Nodes;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Runs;

namespace RlOffload.Tests.Inference.Runs;

public sealed class DecisionLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryFlightIsALineThoughTheFlightIsUsedAgainAtOnce()
    {
        var flight = new Flight(null, 0);
        var seen = new Observation { Rate = 2e6, Rtt = double.PositiveInfinity };
        using (var log = new DecisionLog(_folder.At("log.jsonl"), image => image == 7 ? null : 3))
            for (var i = 0; i < 100; i++)
            {
                flight.Begin(i, i % 10, 0.5 * i, 1);
                flight.Planned(2, new OffloadPlan(PlanKind.Split, 1, 4, 6), new Prediction(0.3, 0.8, 0.9, 0.01, 0, 0, OutcomeKind.Answered), seen, 4e-5);
                flight.RemoteClass = 3;
                flight.Ended(new Outcome(i, 2, i % 2 == 0 ? OutcomeKind.Answered : OutcomeKind.Missed, 0.7, 0.9, 0.25, 1, 0.02, 500, 0, 0, 0.1, 0, 0.05, 0.06, 0.04));
                log.Add(flight);
            }
        var lines = File.ReadAllLines(_folder.At("log.jsonl")).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(Enumerable.Range(0, 100), lines.Select(l => (int)l["request"]!));
        Assert.Equal("cut4@2/6b", (string)lines[4]["plan"]!);
        Assert.Equal((0.3, 0.25, 2e6), ((double)lines[4]["expected"]!["latency"]!, (double)lines[4]["measured"]!["latency"]!, (double)lines[4]["seen"]!["rate"]!));
        Assert.Equal((3, 3), ((int)lines[4]["answer"]!, (int)lines[4]["label"]!));
        Assert.Equal(("missed", "late"), ((string)lines[5]["outcome"]!, (string)lines[5]["reason"]!));
        Assert.Null(lines[5]["answer"]);
        Assert.Null(lines[7]["label"]);
        Assert.Null(lines[4]["reason"]);
        Assert.Null(lines[4]["seen"]!["rtt"]); // not known
    }

    [Fact]
    public void AFileThatCannotBeWrittenIsRefused() =>
        Assert.Contains("--log", Assert.Throws<InputException>(() => new DecisionLog(_folder.Root, _ => null)).Message, StringComparison.Ordinal);
}
