using RlOffload.Environment;

namespace RlOffload.Tests.Agents.Sac.Sanity;

/// <summary>
/// Going on pays 0.2 a decision, stopping pays 1 and ends. Half of the goings-on are interrupted. Where that is only a time limit, going on
/// for ever is worth 0.2 / (1 - 0.9) = 2; where it is a real end, going on is worth at most 0.2 + 0.9 * 0.5 * 1 = 0.65.
/// </summary>
public sealed class TruncationTests
{
    private const int GoOn = 0;
    private const int Stop = 1;

    private sealed class Interrupted(bool terminates) : SanityWorld(1, 2)
    {
        public override void Reset(ref Rng rng, Span<float> observation, Span<bool> mask) => observation[0] = 1;

        public override SanityStep Step(int action, ref Rng rng, Span<float> observation, Span<bool> mask)
        {
            observation[0] = 1;
            if (action == Stop)
                return new(1f, Terminated: true);
            var interrupted = rng.NextDouble() < 0.5;
            return new(0.2f, Terminated: interrupted && terminates, Truncated: interrupted && !terminates);
        }
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void ATimeLimitIsBootstrapped(int seed)
    {
        var run = SanityRun.Train(new Interrupted(terminates: false), SanityRun.Small with { Gamma = 0.9 }, (ulong)seed, 4000);
        Assert.Equal(GoOn, run.Greedy([1f]));
        Assert.InRange(run.Values([1f])[GoOn], 1.7, 2.3);
        Assert.InRange(run.Values([1f])[Stop], 0.8, 1.2);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void ATerminalStateIsWorthNothing(int seed)
    {
        var run = SanityRun.Train(new Interrupted(terminates: true), SanityRun.Small with { Gamma = 0.9 }, (ulong)seed, 4000);
        Assert.Equal(Stop, run.Greedy([1f]));
        Assert.InRange(run.Values([1f])[GoOn], 0.5, 0.8);
        Assert.InRange(run.Values([1f])[Stop], 0.9, 1.1);
    }
}
