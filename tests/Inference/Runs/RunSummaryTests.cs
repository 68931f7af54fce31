using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Runs;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Inference.Runs;

public class RunSummaryTests
{
    private static readonly CostModel Model = TestWorld.Model();

    [Fact]
    public void LatenciesAreComparedWhereBothAnsweredAsPlanned()
    {
        FlightRecord[] flights = [Flight(0, OutcomeKind.Answered, 0.11, expected: 0.2), Flight(1, OutcomeKind.Answered, 0.3, expected: 0.3), Flight(2, OutcomeKind.Missed, 1, expected: 0.3)];
        Outcome[] twin = [Outcome(0, OutcomeKind.Answered, 0.1), Outcome(1, OutcomeKind.Missed, 1), Outcome(2, OutcomeKind.Missed, 1)];
        var summary = new RunSummary(Model, flights, twin);
        Assert.Equal(new ErrorPair(0.1, 0.1, 1), summary.ModelError);
        Assert.Equal(2, summary.ExpectedError.Requests);
        Assert.Equal(0.225, summary.ExpectedError.Median, 5); // of 45 % and 0
        Assert.Equal(2.0 / 3, summary.SameOutcome, 9);
        var all = summary.Parts.Single(p => p.Part == "all");
        Assert.Equal((110, 100), (all.Measured.Median, all.Predicted.Median));
        Assert.Equal(new SortedDictionary<string, int> { ["answered"] = 2, ["missed"] = 1 }, summary.Outcomes);
    }

    [Fact]
    public void AccuracyCountsAMissAsWrong()
    {
        FlightRecord[] flights = [Flight(0, OutcomeKind.Answered, 0.1, answer: 4), Flight(1, OutcomeKind.Fallback, 0.1, answer: 5), Flight(2, OutcomeKind.Missed, 1, answer: -1)];
        var accuracy = new RunSummary(Model, flights, [.. flights.Select(f => f.Outcome)]).Accuracy(image => image + 4);
        Assert.Equal(0.66667, accuracy.Measured);
        Assert.Equal(0.4, accuracy.Predicted, 5); // 0.6 a piece, 0 for the miss
    }

    private static FlightRecord Flight(int request, OutcomeKind kind, double latency, double expected = 0.1, int answer = 0) => new(
        request, request, 0, 0, Model.Table.Plans[0], new Prediction(expected, 0, 0, 0, 0, 0, OutcomeKind.Answered), Outcome(request, kind, latency),
        kind == OutcomeKind.Answered ? Reason.None : Reason.Late, answer, -1, 5e-5, 0, 0, 0, 0, 0, 0);

    private static Outcome Outcome(int request, OutcomeKind kind, double latency) =>
        new(request, 0, kind, 0, kind == OutcomeKind.Missed ? 0 : 0.6, latency, 1, 0, 0, 0, 0, latency, 0, 0, 0, double.PositiveInfinity);
}
