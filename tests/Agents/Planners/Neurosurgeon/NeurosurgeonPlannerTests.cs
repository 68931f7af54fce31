using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Agents.Planners;

public sealed class NeurosurgeonPlannerTests
{
    private static readonly CostModel Model = RandomWorld.Small();

    private static string At(NeurosurgeonGoal goal, double rate, double load = 1)
    {
        var o = new Observation { Deadline = 1, Rate = rate, Rtt = 0.04, ServerLoad = load, Slowdown = 1 };
        return Model.Table.Plans[new NeurosurgeonPlanner(Model, goal).Decide(o, RandomWorld.AllAllowed(Model.Table.Plans))].ToString();
    }

    [Theory]
    [InlineData(NeurosurgeonGoal.Latency)]
    [InlineData(NeurosurgeonGoal.Energy)]
    public void AFastLinkSendsTheInputAndADeadOneKeepsEverything(NeurosurgeonGoal goal)
    {
        Assert.Equal("remote@3", At(goal, 1e9));
        Assert.Equal("local@3", At(goal, 1e3));
    }

    [Fact]
    public void ALoadedServerKeepsWorkOnTheDeviceForLatencyOnly()
    {
        Assert.Equal("local@3", At(NeurosurgeonGoal.Latency, 1e9, load: 100));
        Assert.Equal("remote@3", At(NeurosurgeonGoal.Energy, 1e9, load: 100));
    }

    [Theory]
    [InlineData(NeurosurgeonGoal.Latency)]
    [InlineData(NeurosurgeonGoal.Energy)]
    public void ItIsTheSplitOfLeastPredictedCost(NeurosurgeonGoal goal)
    {
        var rng = new Rng(8);
        for (var world = 0ul; world < 30; world++)
        {
            var model = RandomWorld.Model(world);
            var plans = model.Table.Plans;
            var predictor = new NeurosurgeonPredictor(model.Table.Profile);
            var planner = new NeurosurgeonPlanner(model, goal, bits: 8);
            var o = RandomWorld.Observation(ref rng);
            var deepest = model.Table.Profile.Exits.Count - 1;
            var splits = Enumerable.Range(0, model.Count)
                .Where(p => plans[p] is { Probe: false } plan && plan.Exit == deepest && (plan.Kind != PlanKind.Split || plan.Bits == 8));
            double Cost(int p)
            {
                var (head, tail) = predictor.Seconds(plans[p].Cut);
                double device = head * model.Scenario.Device.TimeFactor * o.Slowdown, sending = model.Table[p].Bytes * 8 / o.Rate;
                return (goal, plans[p].Kind) switch
                {
                    (NeurosurgeonGoal.Latency, PlanKind.Local) => device,
                    (NeurosurgeonGoal.Latency, _) => device + sending + o.Rtt + o.ServerLoad * tail,
                    (_, PlanKind.Local) => model.DeviceEnergy(device),
                    _ => model.DeviceEnergy(device) + model.SendEnergy(sending, model.Table[p].Bytes),
                };
            }
            Assert.Equal(splits.MinBy(Cost), planner.Decide(o, RandomWorld.AllAllowed(plans)));
            Assert.Equal(predictor.MeanError, planner.PredictionError);
        }
    }
}
