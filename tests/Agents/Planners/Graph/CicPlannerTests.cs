using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class CicPlannerTests
{
    /// <summary>Why the catalogue has two names that decide alike: same smallest cuts, found on a smaller graph.</summary>
    [Theory]
    [InlineData(32)]
    [InlineData(8)]
    public void ItDecidesAsDadsDoesUnderLightAndHeavyLoad(int bits)
    {
        var rng = new Rng(2);
        for (var world = 0ul; world < 32; world++)
        {
            var model = world switch { 30 => ProfileGraphTests.Shipped(), 31 => ProfileGraphTests.Branched(), _ => RandomWorld.Model(world) };
            var (cic, dads) = (new CicPlanner(model, bits), new DadsPlanner(model, bits));
            for (var round = 0; round < 40; round++)
            {
                var o = RandomWorld.Observation(ref rng);
                o.FastIntensity = round % 4 * 5;
                o.ServerLoad = round % 5 == 0 ? 100 * rng.NextDouble() : 1;
                var mask = RandomWorld.Mask(model.Table.Plans, ref rng, 0.9);
                Assert.Equal(dads.Decide(o, mask), cic.Decide(o, mask));
            }
        }
    }

    [Fact]
    public void TheShippedNetworkBecomesAFractionOfItsSize()
    {
        var cic = new CicPlanner(ProfileGraphTests.Shipped());
        Assert.Equal(17, cic.Layers);
        Assert.InRange(cic.Reduction.Graph.Layers.Count, 2, 6);
        Assert.True(cic.Reduction.Ratio >= 64);
    }
}
