using RlOffload.Agents.Planners;

namespace RlOffload.Tests.Agents.Planners;

public sealed class LayerGraphTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 0)]
    [InlineData(0, 2)]
    public void ATensorIsReadByLaterLayersOnly(int maker, int reader) =>
        Assert.Contains($"layer {maker}", Assert.Throws<ArgumentException>(() => new LayerGraph([new(1, 1), new(1, 1)], [new(maker, [reader], 1)])).Message);
}
