using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Sac.Sanity;

/// <summary>The right action depends on the context; its outcome is known 1 to 3 decisions later, often after that of a later decision.</summary>
public sealed class DelayedRewardTests
{
    private const int Contexts = 4;

    private sealed class Delayed() : SanityWorld(Contexts, Contexts)
    {
        private int _context;

        public override void Reset(ref Rng rng, Span<float> observation, Span<bool> mask)
        {
            _context = rng.NextInt(Contexts);
            observation[_context] = 1;
        }

        public override SanityStep Step(int action, ref Rng rng, Span<float> observation, Span<bool> mask)
        {
            var reward = action == (_context + 1) % Contexts ? 1f : 0f;
            Reset(ref rng, observation, mask);
            return new(reward, Delay: 1 + rng.NextInt(3));
        }
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void OutcomesReachTheDecisionTheyBelongTo(int seed)
    {
        var run = SanityRun.Train(new Delayed(), SanityRun.Small with { Gamma = 0.5 }, (ulong)seed, 3000);
        Assert.True(run.OutOfOrder > 100);
        for (var context = 0; context < Contexts; context++)
        {
            var observation = new float[Contexts];
            observation[context] = 1;
            Assert.Equal((context + 1) % Contexts, run.Greedy(observation));
        }
    }
}
