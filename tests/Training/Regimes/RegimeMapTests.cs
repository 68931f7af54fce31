using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Tests.Training.Reports;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Regimes;
using RlOffload.Training.Suites;

namespace RlOffload.Tests.Training.Regimes;

public sealed class RegimeMapTests
{
    [Fact]
    public void ACellNamesTheBestPlannerWhatItLeavesAndWhetherThereIsRoomAtAll()
    {
        var axes = new RegimeAxes { Loads = [1, 2], Arrivals = [ArrivalKind.Bursty], Knowledge = [RateKnowledge.Own], Deadlines = [1] };
        const string learner = "a \"b\", <c> | d";
        var report = Samples.Evaluation() with
        {
            Rewards = new Dictionary<string, IReadOnlyList<double>> { ["priced"] = [0.5, 0.6, 0.6, 0.62], [learner] = [0.55, 0.66, 0.64, 0.65] },
        };
        var map = RegimeMap.Of("demo", axes, new SuiteReport([report, Samples.Evaluation("flat", 0.001)], [], null), 200);
        Assert.Equal(2, map.Cells.Count);
        var cell = map.Cells[0];
        var best = report.Policies.Where(p => p.Name == cell.Planner).Select(p => p.Reward).Single();
        Assert.All(report.Policies.Where(p => PlannerCatalogue.Knows(p.Name)
            && !Contestants.IsDiagnostic(p.Name)), p => Assert.True(p.Reward <= best));
        Assert.Equal(report.OracleReward - best, cell.Left, 12);
        Assert.Equal(report.Room, cell.Room);
        Assert.Equal(cell.Left < 0.01 ? RegimeVerdict.PlannersSuffice : RegimeVerdict.RoomLeft, cell.Verdict);
        Assert.Equal(RegimeVerdict.NoRoom, map.Cells[1].Verdict);
        Assert.Equal([learner], cell.Learned.Keys);
        Assert.Equal(0.045, cell.Learned[learner].Mean, 9);
        Assert.True(cell.Learned[learner].Low > 0);
    }

    [Theory]
    [InlineData(0.1, 0.55, RegimeVerdict.Unforeseeable)]
    [InlineData(0.1, 0.595, RegimeVerdict.RoomLeft)]
    [InlineData(0.085, 0.55, RegimeVerdict.PlannersSuffice)]
    [InlineData(0.001, 0.55, RegimeVerdict.NoRoom)]
    public void RoomThatOneWhoKnowsTheLinkDoesNotWinIsNotSaidToBeThere(double room, double knowsLink, RegimeVerdict verdict)
    {
        var axes = new RegimeAxes { Loads = [1], Arrivals = [ArrivalKind.Bursty], Knowledge = [RateKnowledge.Own], Deadlines = [1] };
        var sample = Samples.Evaluation(room: room);
        var report = sample with { Policies = [.. sample.Policies, sample.Policies[0] with { Name = "knows-link", Reward = knowsLink }] };
        Assert.Equal(verdict, RegimeMap.Of("demo", axes, new SuiteReport([report], [], null), 100).Cells[0].Verdict);
    }
}
