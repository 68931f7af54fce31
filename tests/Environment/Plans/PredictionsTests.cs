using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment.Plans;

public sealed class PredictionsTests
{
    public static TheoryData<string> Worlds => [.. Models.Keys];

    private static readonly Dictionary<string, CostModel> Models = new()
    {
        ["plain"] = TestWorld.Model(bits: [2, 4, 8, 32]),
        ["clocks"] = TestWorld.Model(TestWorld.Clocked),
        ["gates"] = GatedWorld.Model(),
        ["generous branches"] = TestWorld.Model(TestWorld.Scenario with { Reward = new RewardSpec(0.3, 0.05, FallbackShare: 0.6) }),
    };

    [Theory, MemberData(nameof(Worlds))]
    public void EveryPredictionIsTheCostModelsBitForBit(string world)
    {
        var model = Models[world];
        var rng = new Rng(4);
        var o = new Observation();
        // In any order, and some twice.
        int[] plans = [.. Enumerable.Range(0, model.Count + 7).Select(i => (i * 5 + 3) % model.Count)];
        var blocks = Predictions.Of(model, plans);
        Assert.Equal(plans.Length, blocks.Sum(b => b.Count));
        var expected = new Prediction[Predictions.Most];
        var kinds = new HashSet<OutcomeKind>();
        for (var i = 0; i < 1000; i++)
        {
            Draw(o, ref rng);
            var rate = o.Rate * (0.5 + rng.NextDouble());
            var next = 0;
            foreach (var block in blocks)
            {
                block.Write(o, rate, expected);
                for (var p = 0; p < block.Count; p++, next++)
                {
                    var prediction = model.Predict(plans[next], o, rate);
                    kinds.Add(prediction.Kind);
                    Assert.True(prediction == expected[p], $"{model.Table.Plans[plans[next]]}: {expected[p]} for {prediction}");
                }
            }
        }
        Assert.Equal(4, kinds.Count);
    }

    private static void Draw(Observation o, ref Rng rng)
    {
        o.Deadline = 0.02 + rng.NextExponential() * 0.5;
        o.DeviceBacklog = rng.NextInt(2) * rng.NextExponential() * 0.3;
        o.UplinkBacklogBytes = rng.NextInt(2) * rng.NextExponential() * 1e4;
        o.PendingBytes = rng.NextInt(2) * rng.NextExponential() * 1e4;
        o.Rate = 1e6 * Math.Exp(1.5 * rng.NextGaussian());
        o.Rtt = rng.NextInt(3) * 0.03;
        o.ServerLoad = 1 + rng.NextInt(3) * 7;
        o.Slowdown = rng.NextInt(2) == 0 ? 1 : 1 + rng.NextDouble();
    }
}
