using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Policies;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Inference.Policies;

public class GreedyFallbackTests
{
    [Fact]
    public void TheAllowedPlanOfTheHighestExpectedRewardAndOfEqualsTheFirst()
    {
        var environment = TestWorld.Environment();
        environment.Reset(0);
        var model = environment.Model;
        var mask = environment.Mask.ToArray();
        for (var removed = 0; removed < model.Count; removed++)
        {
            var best = Enumerable.Range(0, model.Count).Where(p => mask[p]).MaxBy(p => model.Predict(p, environment.Observation).Reward);
            Assert.Equal(best, GreedyFallback.Decide(model, environment.Observation, mask));
            mask[best] = false;
        }
        Assert.Equal(0, GreedyFallback.Decide(model, environment.Observation, mask));
    }

    [Fact]
    public void WhereNothingIsANumberTheFirstAllowedPlanIsTaken()
    {
        var model = TestWorld.Model();
        var mask = model.Table.Plans.Plans.Select(p => p.Kind == PlanKind.Local).ToArray();
        mask[0] = false;
        Assert.Equal(mask.IndexOf(true), GreedyFallback.Decide(model, new Observation { Deadline = double.NaN, Slowdown = 1 }, mask));
    }
}
