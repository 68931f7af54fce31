using RlOffload.Tests.Training.Reports;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Reports;
using RlOffload.Training.Statistics;

namespace RlOffload.Tests.Training.Evaluation;

public sealed class RoomReportTests
{
    private static readonly double[] Anchor = [0.5, 0.4, 0.6, 0.5], Oracle = [0.6, 0.6, 0.7, 0.6];

    private static EvaluationReport Report(double[] oracle, params (string Name, double? Score)[] policies)
    {
        var one = Samples.Evaluation().Policies[0];
        PolicyReport[] reports = [.. policies.Select(p => one with { Name = p.Name, Score = p.Score is { } s ? new Interval(s, s - 0.1, s + 0.1) : null })];
        return Samples.Evaluation(room: oracle.Average() - 0.5) with { Policies = reports, RoomTaken = RoomReport.Of(reports, Anchor, oracle, 1, 500) };
    }

    [Fact]
    public void TheRoomIsTheMeanOverWindowsWithItsInterval()
    {
        var room = Report(Oracle, ("priced", 0.4)).RoomTaken!.Room;
        Assert.Equal(0.125, room.Mean, 1e-12);
        Assert.InRange(room.Low, 0, 0.124);
        Assert.True(room.High > 0.126);
        Assert.Equal(room, Report(Oracle, ("priced", 0.4)).RoomTaken!.Room);
    }

    [Fact]
    public void NeitherDiagnosticsNorLearnersNorStaticAreTheBestPlanner()
    {
        var report = Report(Oracle, ("static", 0.0), ("hindsight", 1.0), ("clairvoyant", 0.7), ("runs/mine", 0.8), ("lmos@8", 0.3), ("priced", 0.5), ("mpc", null));
        Assert.Equal("priced", report.RoomTaken!.BestPlanner);
        Assert.Equal(0.0625, report.RoomTaken.Left, 1e-12);
        Assert.True(report.RoomTaken.ForLearning);
        Assert.EndsWith("priced takes most of it, 0.50 (0.40..0.60), which leaves 0.062.", Figures.Room(report));
        Assert.Equal("lmos@8", Report(Oracle, ("lmos@8", 0.3), ("sac", 0.9)).RoomTaken!.BestPlanner);
    }

    [Fact]
    public void WhereAPlannerTakesMostOfTheRoomThereIsNoneForLearning()
    {
        Assert.True(Report(Oracle, ("priced", 0.85)).RoomTaken!.ForLearning);
        var report = Report(Oracle, ("priced", 0.9));
        Assert.False(report.RoomTaken!.ForLearning);
        Assert.EndsWith("0.90 (0.80..1.00), so there is no room for learning.", Figures.Room(report));
        Assert.Equal("0.012, no room for learning", Figures.Left(report));
    }

    [Fact]
    public void WhereNoPlannerTakesAnyAllIsLeft()
    {
        var report = Report(Oracle, ("static", 0), ("priced", -0.4), ("local", -2));
        Assert.Equal(0.125, report.RoomTaken!.Left, 1e-12);
        Assert.EndsWith("none of these planners takes any of it (priced: -0.40 (-0.50..-0.30)).", Figures.Room(report));
        Assert.EndsWith("reward a request.", Figures.Room(Report(Oracle, ("static", 0))));
    }

    [Fact]
    public void BelowTheLeastRoomThereIsNone()
    {
        var report = Report([.. Anchor.Select(a => a + 0.004)], ("priced", null));
        Assert.False(report.RoomTaken!.ForLearning);
        Assert.Equal("no room", Figures.Left(report));
        Assert.EndsWith("below 0.01: no room.", Figures.Room(report));
        Assert.Equal("", Figures.Room(Samples.Evaluation()));
    }
}
