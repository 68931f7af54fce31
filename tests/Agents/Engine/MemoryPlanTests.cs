using RlOffload.Agents.Engine;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Engine;

public sealed class MemoryPlanTests
{
    [Fact]
    public void ValuesThatAreAliveTogetherNeverOverlapAndFreedMemoryIsUsedAgain()
    {
        var (plan, rng, total) = (new MemoryPlan(), new Rng(3), 0);
        var alive = new List<(int Owner, int From, int To)>();
        for (var owner = 0; owner < 500; owner++)
        {
            if (alive.Count > 8)
            {
                var dying = alive[rng.NextInt(alive.Count)];
                plan.Free(dying.Owner);
                alive.Remove(dying);
            }
            var size = 16 * (1 + rng.NextInt(20));
            total += size;
            var from = plan.Place(owner, size);
            Assert.DoesNotContain(alive, a => from < a.To && a.From < from + size);
            Assert.True(from + size <= plan.Size);
            alive.Add((owner, from, from + size));
        }
        Assert.True(plan.Size < total / 20);
    }

    [Fact]
    public void AnHeirTakesThePlaceAndFreesIt()
    {
        var plan = new MemoryPlan();
        Assert.Equal(0, plan.Place(1, 32));
        plan.Inherit(1, 2);
        plan.Free(1);
        Assert.Equal(32, plan.Place(3, 16));
        plan.Free(2);
        Assert.Equal(0, plan.Place(4, 32));
    }
}
