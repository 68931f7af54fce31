using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment.Plans;

public sealed class PredictionsTests
{
    public static TheoryData<string> Worlds => [.. VariedWorlds.Models.Keys];

    [Theory, MemberData(nameof(Worlds))]
    public void EveryPredictionIsTheCostModelsBitForBit(string world)
    {
        var model = VariedWorlds.Models[world];
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
            VariedWorlds.Draw(o, ref rng);
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
}
