using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Sac.Sanity;

/// <summary>One state, five noisy arms: does it learn at all?</summary>
public sealed class BanditTests
{
    private static readonly float[] Means = [0.1f, 0.3f, 0.5f, 0.9f, 0.2f];

    private sealed class Bandit() : SanityWorld(1, 5)
    {
        public override void Reset(ref Rng rng, Span<float> observation, Span<bool> mask) => observation[0] = 1;

        public override SanityStep Step(int action, ref Rng rng, Span<float> observation, Span<bool> mask) =>
            new((float)(Means[action] + 0.3 * rng.NextGaussian()), Terminated: true);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void TheBestArmIsFoundAndItsMeanIsItsValue(int seed)
    {
        var run = SanityRun.Train(new Bandit(), SanityRun.Small, (ulong)seed, 2000);
        Assert.Equal(3, run.Greedy([1f]));
        Assert.InRange(run.Values([1f])[3], 0.75, 1.05);
    }
}
