using RlOffload.Agents.CrossEntropy;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.CrossEntropy;

public sealed class CrossEntropyOptionsTests
{
    [Fact]
    public void TheDefaultsAreValid() => new CrossEntropyOptions().Validated("config", "cem");

    [Fact]
    public void EveryProblemIsNamedAtOnce() => Assert.Equal(
        [
            "run.yaml:cem.elite: is 40, allowed is 2 to below population",
            "run.yaml:cem.windows: is 0, allowed is 1 to 100000",
            "run.yaml:cem.spread: is NaN, allowed is 0 < spread <= 100",
            "run.yaml:cem.smoothing: is 0, allowed is 0 < smoothing <= 1",
        ],
        Assert.Throws<InputException>(() => new CrossEntropyOptions { Elite = 40, Windows = 0, Spread = double.NaN, Smoothing = 0 }.Validated("run.yaml", "cem")).Problems);
}
