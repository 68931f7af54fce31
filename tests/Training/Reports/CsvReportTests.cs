using RlOffload.Training.Reports;

namespace RlOffload.Tests.Training.Reports;

public sealed class CsvReportTests
{
    [Fact]
    public void EveryPolicyIsALineAndNamesAreQuoted()
    {
        var lines = CsvReport.Text([Samples.Evaluation(), Samples.Evaluation("other")]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1 + 2 * 3, lines.Length);
        Assert.StartsWith("scenario,policy,seeds,tuning_trials,score,score_low,score_high,reward", lines[0]);
        Assert.StartsWith("demo,priced,1,130,0.8,", lines[1]);
        Assert.StartsWith("demo,\"a \"\"b\"\", <c> | d\",1,,-0.2,", lines[2]);
        Assert.Equal(lines[0].Count(c => c == ','), lines[1].Count(c => c == ','));
        Assert.EndsWith(",oracle_reward", lines[0]);
    }

    [Fact]
    public void BudgetsHaveColumnsWhereThereAreAny()
    {
        var lines = CsvReport.Text([Samples.Evaluation(), Samples.Budgeted()]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.EndsWith(",accuracy_shortfall,energy_budget_j,miss_budget,shortfall_budget,budgets_broken,windows_over", lines[0]);
        Assert.EndsWith(",,,,,,", lines[1]);
        Assert.EndsWith(",0.05,0.25,,0.1,budgets.energy_j_per_request,3", lines[4]);
        Assert.EndsWith(",0.05,0.25,,0.1,,", lines[5]);
    }
}
