using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class LinkSpreadTests
{
    [Fact]
    public void ItIsNothingOnlyWhereNothingIsChanged()
    {
        Assert.True(default(LinkSpread).IsNothing);
        Assert.All([new LinkSpread(0.1), new LinkSpread(0, Contrast: 0.1), new LinkSpread(0, Tempo: 0.1)], s => Assert.False(s.IsNothing));
    }
}
