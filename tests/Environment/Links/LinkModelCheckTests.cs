using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class LinkModelCheckTests
{
    private static readonly LinkModelFile Good = LinkModelTests.Example;

    public static TheoryData<string, LinkModelFile> Bad => new()
    {
        { "format: is 9", Good with { Format = 9 } },
        { "source: is empty", Good with { Source = " " } },
        { "direction: is 'sideways', allowed is uplink or downlink", Good with { Direction = "sideways" } },
        { "bin_seconds: is 0", Good with { BinSeconds = 0 } },
        { "bin_seconds: is 1E-100, allowed is 0.001 to 3600", Good with { BinSeconds = 1e-100 } },
        { "quantiles.probability: runs from 0 to 0.9", Good with { Quantiles = new([0, 0.9], [0, 1]) } },
        { "quantiles.probability[1]: is 0 after 0", Good with { Quantiles = new([0, 0, 1], [0, 1, 2]) } },
        { "quantiles.bits_per_second[1]: is 1 after 2", Good with { Quantiles = new([0, 1], [2, 1]) } },
        { "quantiles.bits_per_second[0]: is -1", Good with { Quantiles = new([0, 1], [-1, 1]) } },
        { "nothing could ever be sent", Good with { Quantiles = new([0, 1], [0, 0]) } },
        { "quantiles: has 2 probabilities and 1 rates", Good with { Quantiles = new([0, 1], [1]) } },
        { "a sum of 1", Good with { Process = new(0.5, [], 0.4) } },
        { "level_share: is 1", Good with { Process = new(1, [], 0) } },
        { "process.components[0].seconds: is 0", Good with { Process = new(0, [new(1, 0)], 0) } },
        { "rtt.sigma: is 6", Good with { Rtt = new(1, 1, 6, "x", 0, null) } },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void AContradictionIsRefusedWithItsKey(string reason, LinkModelFile file) =>
        Assert.Contains(reason, Assert.Throws<InputException>(() => LinkModel.From(file)).Message);

    [Fact]
    public void AllProblemsAreNamedAtOnce() =>
        Assert.Equal(3, Assert.Throws<InputException>(() => LinkModel.From(Good with { Name = "", BinSeconds = -1, Direction = "" })).Problems.Count);
}
