using RlOffload.Environment;
using RlOffload.Environment.Oracles;

namespace RlOffload.Tests.Environment.Oracles;

public sealed class HindsightBeamTests
{
    [Fact]
    public void TheReportedRewardIsWhatItsPlansEarnAndNoFixedPlanEarnsMore()
    {
        var environment = TestWorld.Environment(probe: false);
        var beam = new HindsightBeam(environment, 16);
        for (var window = 0; window < 3; window++)
        {
            var (reward, plans) = beam.Search(window);
            environment.Reset(window);
            foreach (var plan in plans)
                environment.Step(plan);
            Assert.Equal(reward, environment.TotalReward, 9);
            for (var p = 0; p < environment.Actions; p++)
            {
                environment.Reset(window);
                while (!environment.Truncated)
                    environment.Step(p);
                Assert.True(environment.TotalReward <= reward + 1e-9, $"{environment.Model.Table.Plans[p]} earned {environment.TotalReward} of {reward}");
            }
        }
    }
}
