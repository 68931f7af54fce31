using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Sac.Sanity;

/// <summary>The first action pays 0.3 at once or 1 with the second decision; only a discount above 0.3 sees the second.</summary>
public sealed class TwoStepCreditTests
{
    private static readonly float[] Start = [1f, 0f, 0f];

    private sealed class TwoSteps() : SanityWorld(3, 2)
    {
        private int _state;

        public override void Reset(ref Rng rng, Span<float> observation, Span<bool> mask)
        {
            _state = 0;
            observation[0] = 1;
        }

        public override SanityStep Step(int action, ref Rng rng, Span<float> observation, Span<bool> mask)
        {
            var reward = (_state, action) switch { (0, 0) => 0.3f, (0, _) => 0f, (1, _) => 0f, _ => 1f };
            var ends = _state != 0;
            _state = ends ? 0 : 1 + action;
            observation[_state] = 1;
            return new(reward, Terminated: ends);
        }
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void TheLaterRewardIsCreditedToTheFirstDecision(int seed)
    {
        var run = SanityRun.Train(new TwoSteps(), SanityRun.Small with { Gamma = 0.95 }, (ulong)seed, 3000);
        Assert.Equal(1, run.Greedy(Start));
        Assert.InRange(run.Values(Start)[1], 0.85, 1.05);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void WithoutAFutureTheEarlyRewardWins(int seed)
    {
        var run = SanityRun.Train(new TwoSteps(), SanityRun.Small with { Gamma = 0 }, (ulong)seed, 3000);
        Assert.Equal(0, run.Greedy(Start));
    }
}
