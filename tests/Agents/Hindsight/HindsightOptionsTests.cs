using RlOffload.Agents.Hindsight;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Hindsight;

public sealed class HindsightOptionsTests
{
    [Fact]
    public void TheDefaultsAreValid() => new HindsightOptions().Validated("config", "hindsight");

    [Fact]
    public void EveryProblemIsNamedAtOnce()
    {
        var refine = new RefineOptions { Before = -1, After = -2, Search = new() { Windows = 0 } };
        var options = new HindsightOptions { Refine = refine, Labels = (HindsightLabels)5, Start = "lmos", Horizon = 0, Candidates = 2, Hidden = [8, 0], Temperature = double.NaN, Margin = 2 };
        Assert.Equal(
            [
                "run.yaml:hindsight.labels: is 5, allowed is rollout or oracle",
                "run.yaml:hindsight.start: is lmos, allowed is best, greedy, priced, probe-rule, mpc",
                "run.yaml:hindsight.horizon: is 0, allowed is 1 to 1000",
                "run.yaml:hindsight.candidates: is 2, allowed is 3 to 1000",
                "run.yaml:hindsight.hidden: is 0, allowed is 1 to 4096 a layer",
                "run.yaml:hindsight.temperature: is NaN, allowed is 0 < temperature <= 1000",
                "run.yaml:hindsight.margin: is 2, allowed is 0 together with refine, whose searches move what the margin is measured in",
                "run.yaml:hindsight.refine.before: is -1, allowed is at least 0",
                "run.yaml:hindsight.refine.after: is -2, allowed is at least 0",
                "run.yaml:hindsight.refine.windows: is 0, allowed is 1 to 100000",
            ],
            Assert.Throws<InputException>(() => options.Validated("run.yaml", "hindsight")).Problems);
    }
}
