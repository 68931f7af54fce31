using RlOffload.Environment.Plans;
using RlOffload.Environment;

namespace RlOffload.Tests.Environment;

/// <summary>Any plan that the mask allows, each equally likely; the same in every play of a window.</summary>
internal sealed class RandomPolicy(ulong seed) : IPolicy
{
    private Rng _rng;

    public string Name => "random";

    public void Begin(int window) => _rng = Rng.Keyed(seed, (ulong)window, 0, RngPurpose.Policy);

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        while (true)
        {
            var plan = _rng.NextInt(mask.Length);
            if (mask[plan])
                return plan;
        }
    }
}

/// <summary>One plan for every request; drop where the mask forbids it.</summary>
internal sealed class FixedPolicy(CostModel model, int plan) : IPolicy
{
    public string Name => model.Table.Plans[plan].ToString();

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask) => mask[plan] ? plan : mask.IndexOf(true);
}

/// <summary>The plan whose expected reward, less prices for a second of device and of uplink, is best.</summary>
internal sealed class GreedyPolicy(CostModel model, double devicePrice = 0, double uplinkPrice = 0) : IPolicy
{
    public string Name => $"greedy {devicePrice}/{uplinkPrice}";

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var (best, value) = (-1, double.NegativeInfinity);
        for (var p = 0; p < mask.Length; p++)
        {
            if (!mask[p])
                continue;
            var expected = model.Predict(p, observation);
            var worth = expected.Reward - devicePrice * expected.DeviceSeconds - uplinkPrice * expected.UplinkSeconds;
            if (worth > value)
                (best, value) = (p, worth);
        }
        return best;
    }
}

/// <summary>What was seen and what came of it, to compare two plays of a window bit for bit.</summary>
internal static class Seen
{
    /// <summary>Every number of an observation.</summary>
    public static double[] Numbers(this Observation o) =>
    [
        .. typeof(Observation).GetFields().Where(f => !f.IsLiteral).OrderBy(f => f.Name, StringComparer.Ordinal)
            .SelectMany(f => f.GetValue(o) is double[] many ? many : [Convert.ToDouble(f.GetValue(o))]),
    ];

    /// <summary>Plays a window; <paramref name="look"/> sees each observation with its mask, the last one included.</summary>
    public static List<Outcome> Play(this OffloadEnvironment environment, int window, IPolicy policy, Action<OffloadEnvironment>? look = null)
    {
        var outcomes = new List<Outcome>();
        environment.Reset(window);
        policy.Begin(window);
        while (true)
        {
            look?.Invoke(environment);
            if (environment.Truncated)
                return outcomes;
            environment.Step(policy.Decide(environment.Observation, environment.Mask));
            outcomes.AddRange(environment.Delivered);
        }
    }
}
