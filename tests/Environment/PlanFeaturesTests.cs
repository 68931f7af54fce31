using RlOffload.Environment;

namespace RlOffload.Tests.Environment;

public sealed class PlanFeaturesTests
{
    [Fact]
    public void EveryNumberIsWhatTheCostModelExpectsUnderItsName()
    {
        var environment = TestWorld.Environment(links: TestWorld.Constant(4e5));
        environment.Reset(0);
        environment.Step(TestWorld.Plan(environment, "cut1@3/8b"));
        var (model, o) = (environment.Model, environment.Observation);
        var median = model.Scenario.Deadlines.Median;
        foreach (var text in new[] { "local@2", "local@2+probe", "cut2@3/8b", "remote@3", "drop" })
        {
            var plan = TestWorld.Plan(environment, text);
            var (features, names) = (new float[PlanFeatures.Count], PlanFeatures.Of(model.Table.Plans[plan]).Select(f => f.Name).ToList());
            PlanFeatures.Write(model, plan, o, features);
            float Of(string name) => features[names.IndexOf($"{name}[{text}]")];
            var (expected, slow) = (model.Predict(plan, o), model.Predict(plan, o, o.Rate / 2));
            Assert.Equal((float)expected.Reward, Of("expected_reward"));
            Assert.Equal(expected.DeviceSeconds / median, Of("device"), 1e-6);
            Assert.Equal(expected.UplinkSeconds / median, Of("uplink"), 1e-6);
            Assert.Equal(Of("device") * Of("uplink"), Of("device_by_uplink"));
            Assert.Equal(text.EndsWith("+probe") ? 1 : 0, Of("probes"));
            Assert.Equal(text[0] is 'c' or 'r' ? 1 : 0, Of("sends"));
            Assert.Equal(expected.Kind is OutcomeKind.Missed or OutcomeKind.Dropped ? 1 : 0, Of("misses"));
            Assert.Equal(expected.Kind == OutcomeKind.Fallback ? 1 : 0, Of("falls_back"));
            Assert.Equal(expected.Latency / o.Deadline, Of("latency"), 1e-6);
            Assert.Equal((float)expected.Accuracy, Of("accuracy"));
            Assert.Equal((float)slow.Reward, Of("slow_reward"));
            Assert.Equal(slow.UplinkSeconds / median, Of("slow_uplink"), 1e-6);
            Assert.Equal((float)model.Predict(plan, o, 1.6 * o.Rate).Reward, Of("fast_reward"));
        }
        Assert.Equal(PlanFeatures.Count, PlanFeatures.Of(model.Table.Plans[0]).Distinct().Count());
    }
}
