using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Learning;

public sealed class PolyakTests
{
    [Fact]
    public void TheTargetMovesByItsShareOfTheGap()
    {
        var (target, source) = (new float[32], new float[32]);
        Array.Fill(target, 1f);
        Array.Fill(source, 3f);
        Polyak.Blend(target, source, 0.25);
        Assert.All(target, value => Assert.Equal(1.5f, value));
        Assert.All(source, value => Assert.Equal(3f, value));
    }
}
