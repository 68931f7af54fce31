using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Sac.Sanity;

/// <summary>The best arm is always forbidden and others often: masks hold while acting, in the target and in the actor's loss.</summary>
public sealed class MaskTests
{
    private const int Arms = 6;

    private sealed class Masked() : SanityWorld(1, Arms)
    {
        public override void Reset(ref Rng rng, Span<float> observation, Span<bool> mask)
        {
            observation[0] = 1;
            RandomMask(ref rng, mask);
        }

        public override SanityStep Step(int action, ref Rng rng, Span<float> observation, Span<bool> mask)
        {
            Reset(ref rng, observation, mask);
            return new(action == Arms - 1 ? 10f : action / 5f);
        }
    }

    private static void RandomMask(ref Rng rng, Span<bool> mask)
    {
        for (var a = 0; a < Arms - 1; a++)
            mask[a] = rng.NextDouble() < 0.5;
        mask[rng.NextInt(Arms - 1)] = true;
        mask[Arms - 1] = false;
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void TheBestValidArmIsTakenAndNeverAForbiddenOne(int seed)
    {
        var run = SanityRun.Train(new Masked(), SanityRun.Small with { Gamma = 0.5 }, (ulong)seed, 3000);
        Assert.Equal(0, run.Violations);
        var rng = new Rng(99);
        var mask = new bool[Arms];
        for (var i = 0; i < 200; i++)
        {
            RandomMask(ref rng, mask);
            Assert.Equal(mask.LastIndexOf(true), run.Greedy([1f], mask));
        }
    }
}
