using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Sac.Sanity;

/// <summary>With a fixed temperature the optimum is stochastic and known: pi(a) proportional to exp(r(a) / alpha).</summary>
public sealed class StochasticOptimalTests
{
    private static readonly float[] Rewards = [0.0f, 0.1f, 0.2f, 0.3f];

    private sealed class Arms() : SanityWorld(1, 4)
    {
        public override void Reset(ref Rng rng, Span<float> observation, Span<bool> mask) => observation[0] = 1;

        public override SanityStep Step(int action, ref Rng rng, Span<float> observation, Span<bool> mask) =>
            new(Rewards[action], Terminated: true);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void ThePolicyIsTheSoftmaxOfTheRewards(int seed)
    {
        const double alpha = 0.2;
        var options = SanityRun.Small with { AlphaStart = alpha, LearningRateAlpha = 0 };
        var run = SanityRun.Train(new Arms(), options, (ulong)seed, 3000);
        var logits = new float[4];
        run.Agent.Logits([1f], [true, true, true, true], logits);
        var learned = Normalised([.. logits.Select(z => Math.Exp(z))]);
        var exact = Normalised([.. Rewards.Select(r => Math.Exp(r / alpha))]);
        for (var a = 0; a < 4; a++)
            Assert.InRange(learned[a], exact[a] - 0.04, exact[a] + 0.04);
    }

    private static double[] Normalised(double[] weights) => [.. weights.Select(weight => weight / weights.Sum())];
}
