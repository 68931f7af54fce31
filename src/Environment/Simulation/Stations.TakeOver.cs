using RlOffload.Environment.Plans;

namespace RlOffload.Environment.Simulation;

/// <summary>How another cost model takes over while requests are under way.</summary>
public sealed partial class Stations
{
    /// <summary>
    /// From now on plans are those of <paramref name="next"/>; requests under way keep theirs, with the costs, branches and ways that they were planned with. Heat, battery, energy and
    /// what was learned of link and server stay, read by the new scenario.
    /// </summary>
    public void TakeOver(CostModel next)
    {
        Warm(_now.OnDevice >= 0 ? Use(_jobs[_now.OnDevice]) : 0);
        _now.HeatTime = Now;
        var rows = new List<int>();
        for (var j = 0; j < _now.Count; j++)
        {
            ref var job = ref _jobs[j];
            var row = rows.IndexOf(job.Plan);
            if (row < 0)
            {
                row = rows.Count;
                rows.Add(job.Plan);
            }
            job.Plan = next.Table.Open + row;
        }
        var old = model;
        model = new CostModel(next.Table.TakingOver(old.Table, rows), next.Scenario);
        (_heats, _expects) = (next.Scenario.Device.Heat, next.Scenario.Device.Backlog == BacklogKnowledge.Expected);
        (_fast, _slow) = (4 * next.Scenario.Arrivals.MeanGap, 25 * next.Scenario.Arrivals.MeanGap);
        _now.Power.TakeOver(old.Scenario, next.Scenario, Now);
        _now.Knows.TakeOver(next.Scenario);
    }
}
