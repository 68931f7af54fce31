using RlOffload.Agents;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents;

public sealed class OptionProblemsTests
{
    [Fact]
    public void AllThatIsWrongIsToldAtOnceAndWhatIsSoundIsGivenBack()
    {
        var problems = new OptionProblems("c.yaml", "train.sac");
        problems.Require(true, "tau", 0.5, "0 to 1");
        Assert.Equal("options", problems.Checked("options"));
        problems.Require(false, "gamma", 1.5, "0 to 1");
        problems.Require(false, "batch", 0, "1 or more");
        Assert.Equal(["c.yaml:train.sac.gamma: is 1.5, allowed is 0 to 1", "c.yaml:train.sac.batch: is 0, allowed is 1 or more"],
            Assert.Throws<InputException>(() => problems.Checked("options")).Problems);
    }
}
