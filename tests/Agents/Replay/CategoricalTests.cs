using RlOffload.Agents.Replay;

namespace RlOffload.Tests.Agents.Replay;

public sealed class CategoricalTests
{
    private static readonly float[] Logits = [5, 2, 1, 2];

    [Fact]
    public void TheBestIsTheFirstOfTheHighestAmongTheValid()
    {
        Assert.Equal(0, Categorical.Best(Logits, [true, true, true, true]));
        Assert.Equal(1, Categorical.Best(Logits, [false, true, true, true]));
        Assert.Throws<ArgumentException>(() => Categorical.Best(Logits, new bool[4]));
    }

    [Fact]
    public void EachValidActionIsDrawnOverItsShareOfTheUnitInterval()
    {
        bool[] mask = [false, true, true, true];
        var shares = new[] { Math.E, 1, Math.E }.Select(w => w / (2 * Math.E + 1)).ToArray();
        const int Points = 10_000;
        var drawn = Enumerable.Range(0, Points).Select(i => Categorical.Draw(Logits, mask, (i + 0.5) / Points)).ToList();
        Assert.Equal(drawn.Order(), drawn);
        for (var a = 1; a < 4; a++)
            Assert.Equal(shares[a - 1], drawn.Count(d => d == a) / (double)Points, 2.0 / Points);
        Assert.Equal(3, Categorical.Draw(Logits, mask, 1));
    }
}
