using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment.Plans;

public sealed class ExpectedRewardsTests
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
    public void EveryPlansRewardIsThatOfThePredictionBitForBit(string world)
    {
        var model = Models[world];
        var rng = new Rng(4);
        var o = new Observation();
        // In any order, and some twice.
        int[] plans = [.. Enumerable.Range(0, model.Count + 7).Select(i => (i * 5 + 3) % model.Count)];
        var expected = new ExpectedRewards(model, plans);
        var rewards = new float[plans.Length];
        var kinds = new HashSet<OutcomeKind>();
        for (var i = 0; i < 2000; i++)
        {
            Draw(o, ref rng);
            expected.Write(o, rewards);
            for (var p = 0; p < plans.Length; p++)
            {
                var prediction = model.Predict(plans[p], o);
                kinds.Add(prediction.Kind);
                Assert.True(BitConverter.SingleToInt32Bits((float)prediction.Reward) == BitConverter.SingleToInt32Bits(rewards[p]),
                    $"{model.Table.Plans[plans[p]]}: {rewards[p]} for {prediction}");
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
