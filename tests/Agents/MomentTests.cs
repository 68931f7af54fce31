using RlOffload.Agents;
using RlOffload.Environment;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents;

public sealed class MomentTests
{
    [Fact]
    public void AUniformChoiceIsEvenOverWhatCanRun()
    {
        var rng = new Rng(4);
        var counts = new int[5];
        var moment = new Moment(TestWorld.Environment(), 0, 0, 0, [], [true, false, true, true, false]);
        for (var i = 0; i < 3_000; i++)
            counts[moment.Uniform(ref rng)]++;
        Assert.Equal((0, 0), (counts[1], counts[4]));
        Assert.All([counts[0], counts[2], counts[3]], c => Assert.InRange(c, 900, 1_100));
    }
}
