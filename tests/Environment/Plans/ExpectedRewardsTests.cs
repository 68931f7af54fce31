using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment.Plans;

public sealed class ExpectedRewardsTests
{
    public static TheoryData<string> Worlds => [.. VariedWorlds.Models.Keys];

    [Theory, MemberData(nameof(Worlds))]
    public void EveryPlansRewardIsThatOfThePredictionBitForBit(string world)
    {
        var model = VariedWorlds.Models[world];
        var rng = new Rng(4);
        var o = new Observation();
        // In any order, and some twice.
        int[] plans = [.. Enumerable.Range(0, model.Count + 7).Select(i => (i * 5 + 3) % model.Count)];
        var expected = new ExpectedRewards(model, plans);
        var rewards = new float[plans.Length];
        var kinds = new HashSet<OutcomeKind>();
        for (var i = 0; i < 2000; i++)
        {
            VariedWorlds.Draw(o, ref rng);
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
}
