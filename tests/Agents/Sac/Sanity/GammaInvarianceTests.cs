using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Sac.Sanity;

/// <summary>Contexts come at random whatever is done: nothing couples decisions, so the discount must not change the policy.</summary>
public sealed class GammaInvarianceTests
{
    private const int Contexts = 5;
    private const int Arms = 4;

    /// <summary>Rewards with a mean of about 0.5, so that with gamma = 0.95 the value is 10 and the differences that matter are 0.3.</summary>
    private sealed class Uncoupled : SanityWorld
    {
        private int _context;

        public Uncoupled() : base(Contexts, Arms) { }

        public static float Reward(int context, int action) => 0.35f + (action == (2 * context + 1) % Arms ? 0.3f : 0f);

        public override void Reset(ref Rng rng, Span<float> observation, Span<bool> mask)
        {
            _context = rng.NextInt(Contexts);
            observation[_context] = 1;
        }

        public override SanityStep Step(int action, ref Rng rng, Span<float> observation, Span<bool> mask)
        {
            var reward = Reward(_context, action);
            Reset(ref rng, observation, mask);
            return new(reward);
        }
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void TheGreedyPolicyIsTheSameWithAndWithoutAFuture(int seed)
    {
        var blind = SanityRun.Train(new Uncoupled(), SanityRun.Small with { Gamma = 0 }, (ulong)seed, 3000);
        var farsighted = SanityRun.Train(new Uncoupled(), SanityRun.Small with { Gamma = 0.95 }, (ulong)seed, 6000);
        for (var context = 0; context < Contexts; context++)
        {
            var observation = new float[Contexts];
            observation[context] = 1;
            var best = (2 * context + 1) % Arms;
            Assert.Equal(best, blind.Greedy(observation));
            Assert.Equal(best, farsighted.Greedy(observation));
        }
    }
}
