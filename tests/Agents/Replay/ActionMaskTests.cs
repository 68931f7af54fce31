using RlOffload.Agents.Learning;
using RlOffload.Agents.Replay;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Replay;

public sealed class ActionMaskTests
{
    [Theory, InlineData(1), InlineData(16), InlineData(63), InlineData(64), InlineData(65), InlineData(200)]
    public void BitsExpandToTheMaskTheyCameFrom(int actions)
    {
        var rng = new Rng((ulong)actions);
        var mask = Enumerable.Range(0, actions).Select(_ => rng.NextDouble() < 0.5).ToArray();
        var words = new ulong[ActionMask.Words(actions)];
        Array.Fill(words, ulong.MaxValue);
        ActionMask.Pack(mask, words);
        Assert.Equal(mask.Count(valid => valid), ActionMask.Count(words));

        var row = Matrix.Zeros(1, actions);
        ActionMask.Expand(words, row.PaddedRow(0));
        for (var a = 0; a < row.Stride; a++)
            Assert.Equal(a < actions && mask[a] ? 0f : ActionMask.Forbidden, row.PaddedRow(0)[a]);
    }
}
