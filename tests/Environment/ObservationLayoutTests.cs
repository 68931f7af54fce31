using RlOffload.Environment;

namespace RlOffload.Tests.Environment;

public sealed class ObservationLayoutTests
{
    [Fact]
    public void EveryNumberHasItsNameAndUnit()
    {
        var model = TestWorld.Model();
        foreach (var layout in new[] { new ObservationLayout(model), new ObservationLayout(model, [2, 5]) })
        {
            Assert.Equal(layout.Size, layout.Fields.Count);
            Assert.Equal(layout.Size, layout.Fields.Select(f => f.Name).Distinct().Count());
            Assert.All(layout.Fields, f => Assert.NotEmpty(f.Unit));
        }
        Assert.Equal($"expected_reward[{model.Table.Plans[5]}]", new ObservationLayout(model, [2, 5]).Fields[^1].Name);
    }

    [Fact]
    public void WithFeaturesEachPlanHasAllOfThemAfterTheDevicesOwnNumbers()
    {
        var environment = TestWorld.Environment();
        environment.Reset(0);
        var plain = new ObservationLayout(environment.Model, [2, 5]);
        var layout = new ObservationLayout(environment.Model, [2, 5], PlanDetail.Features);
        Assert.Equal((PlanDetail.Reward, PlanDetail.Features), (ObservationLayout.DetailOf(plain.Fields), ObservationLayout.DetailOf(layout.Fields)));
        Assert.Equal(plain.Own + 2 * PlanFeatures.Count, layout.Size);
        Assert.Equal(plain.Fields.Take(plain.Own), layout.Fields.Take(layout.Own));
        var (brief, vector, features) = (new float[plain.Size], new float[layout.Size], new float[PlanFeatures.Count]);
        plain.Write(environment.Observation, brief);
        layout.Write(environment.Observation, vector);
        PlanFeatures.Write(environment.Model, 5, environment.Observation, features);
        Assert.Equal(brief[..plain.Own], vector[..layout.Own]);
        Assert.Equal(features, vector[(layout.Own + PlanFeatures.Count)..]);
        Assert.Equal(brief[^1], features[PlanFeatures.Reward]);
    }

    [Fact]
    public void NumbersStandUnderTheirNames()
    {
        var environment = TestWorld.Environment(links: TestWorld.Constant(4e5));
        environment.Reset(0);
        environment.Step(TestWorld.Plan(environment, "local@3"));
        environment.Step(TestWorld.Plan(environment, "remote@3"));
        var o = environment.Observation;
        var layout = new ObservationLayout(environment.Model);
        var vector = new float[layout.Size];
        layout.Write(o, vector);
        float Of(string name) => vector[layout.Fields.Select(f => f.Name).ToList().IndexOf(name)];
        Assert.Equal((float)Math.Log(o.Deadline / 0.6), Of("deadline"));
        Assert.Equal((float)(o.DeviceBacklog / o.Deadline), Of("device_backlog"));
        Assert.Equal(o.InFlight, Of("in_flight"));
        Assert.Equal((float)Math.Log(o.Rate / 1e6), Of("rate"), 1e-6);
        Assert.Equal((float)(o.Rtt / o.Deadline), Of("rtt"));
        Assert.Equal((float)o.Battery, Of("battery"));
        for (var p = 0; p < environment.Actions; p++)
            Assert.Equal((float)environment.Model.Predict(p, o).Reward, Of($"expected_reward[{environment.Model.Table.Plans[p]}]"));
    }

    [Fact]
    public void OnlyBudgetsThatThereAreHaveADebt()
    {
        var plain = new ObservationLayout(TestWorld.Model());
        Assert.DoesNotContain(plain.Fields, f => f.Name.EndsWith("debt", StringComparison.Ordinal));
        var model = TestWorld.Model(TestWorld.Scenario with { Budgets = new BudgetSpec(EnergyJoules: 2, AccuracyShortfall: 0.1) });
        var layout = new ObservationLayout(model);
        Assert.Equal(["energy_debt", "accuracy_debt"], layout.Fields.Where(f => f.Name.EndsWith("debt", StringComparison.Ordinal)).Select(f => f.Name));
        Assert.Equal(plain.Fields, layout.Fields.Where(f => !f.Name.EndsWith("debt", StringComparison.Ordinal)));
        var vector = new float[layout.Size];
        var o = new Observation { Deadline = 1, Rate = 1e6, LastRate = 1e6, PreviousRate = 1e6, ServerLoad = 1, Slowdown = 1, EnergyDebt = 3, MissDebt = 5, AccuracyDebt = 7 };
        layout.Write(o, vector);
        Assert.Equal((float)Math.Log(4), vector[23]);
        Assert.Equal((float)Math.Log(8), vector[24]);
        Assert.Equal((float)model.Predict(0, o).Reward, vector[25]);
    }

    [Fact]
    public void ExtremesStayFinite()
    {
        var layout = new ObservationLayout(TestWorld.Model());
        var vector = new float[layout.Size];
        double[] extremes = [0, 1e-9, 1, 1e9];
        var rng = new Rng(1);
        for (var i = 0; i < 2000; i++)
        {
            double Any() => extremes[rng.NextInt(extremes.Length)];
            var o = new Observation
            {
                Request = i, Now = Any(), Deadline = Math.Max(1e-3, Any()), DeviceBacklog = Any(), FallbackAtRisk = Any(), UplinkBacklogBytes = Any(),
                PendingBytes = Any(), InFlight = rng.NextInt(1000), Rate = Math.Max(1, Any()), LastRate = Any(), PreviousRate = Any(),
                RateAge = Math.Min(Observation.MaxAge, Any()), Volatility = Any(), SendingFor = Any(), SendingRate = Any(), Rtt = Any(),
                ServerLoad = Any(), ServerLoadAge = Math.Min(Observation.MaxAge, Any()), FastIntensity = Any(), SlowIntensity = Any(),
                SinceLastArrival = Any(), Heat = rng.NextDouble(), Slowdown = 1.5, Battery = rng.NextDouble(),
            };
            for (var k = 0; k < Observation.ModemSeconds; k++)
                o.ModemRates[k] = Any();
            layout.Write(o, vector);
            Assert.All(vector, x => Assert.True(float.IsFinite(x)));
        }
    }

    [Fact]
    public void AStallingTransferLooksUnlikeAnIdleLink()
    {
        var layout = new ObservationLayout(TestWorld.Model());
        var (idle, stalls) = (new float[layout.Size], new float[layout.Size]);
        var o = new Observation { Deadline = 1, Rate = 1e6, LastRate = 1e6, PreviousRate = 1e6, ServerLoad = 1, Slowdown = 1 };
        layout.Write(o, idle);
        (o.SendingFor, o.SendingRate) = (1, 0);
        layout.Write(o, stalls);
        var i = layout.Fields.Select(f => f.Name).ToList().IndexOf("sending_rate");
        Assert.Equal(0, idle[i]);
        Assert.True(stalls[i] < -5);
    }
}
