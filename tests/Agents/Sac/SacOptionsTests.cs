using RlOffload.Agents.Sac;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Sac;

public sealed class SacOptionsTests
{
    [Fact]
    public void TheDefaultsAreValid() => new SacOptions().Validated("config", "sac");

    [Fact]
    public void EveryProblemIsNamedAtOnce()
    {
        var options = new SacOptions { Gamma = 1, Tau = double.NaN, Hidden = [64, 0], EntropyTargetStart = 1.2, QBar = (QBar)7 };
        var problems = Assert.Throws<InputException>(() => options.Validated("run.yaml", "sac")).Problems;
        Assert.Equal(
            [
                "run.yaml:sac.gamma: is 1, allowed is 0 <= gamma < 1",
                "run.yaml:sac.tau: is NaN, allowed is 0 < tau <= 1",
                "run.yaml:sac.hidden: is 0, allowed is 1 to 4096 a layer",
                "run.yaml:sac.entropy_target_start: is 1.2, allowed is 0 to 1, a share of log |A(s)|",
                "run.yaml:sac.q_bar: is 7, allowed is average or minimum",
            ],
            problems);
    }

    [Fact]
    public void AnAgentRefusesOptionsThatAreWrong() =>
        Assert.Throws<InputException>(() => new DiscreteSac(3, 4, new SacOptions { Batch = 0 }, 1));
}
