using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment.Plans;

/// <summary>Cost models that between them have every kind of plan, and observations under which each of them may win, miss or fall back.</summary>
internal static class VariedWorlds
{
    public static readonly Dictionary<string, CostModel> Models = new()
    {
        ["plain"] = TestWorld.Model(bits: [2, 4, 8, 32]),
        ["clocks"] = TestWorld.Model(TestWorld.Clocked),
        ["gates"] = GatedWorld.Model(),
        ["generous branches"] = TestWorld.Model(TestWorld.Scenario with { Reward = new RewardSpec(0.3, 0.05, FallbackShare: 0.6) }),
    };

    public static void Draw(Observation o, ref Rng rng)
    {
        o.Deadline = 0.02 + rng.NextExponential() * 0.5;
        o.DeviceBacklog = rng.NextInt(2) * rng.NextExponential() * 0.3;
        o.UplinkBacklogBytes = rng.NextInt(2) * rng.NextExponential() * 1e4;
        o.PendingBytes = rng.NextInt(2) * rng.NextExponential() * 1e4;
        o.Rate = 1e6 * Math.Exp(1.5 * rng.NextGaussian());
        o.Rtt = rng.NextInt(3) * 0.03;
        o.ServerLoad = 1 + rng.NextInt(3) * 7;
        o.Slowdown = rng.NextInt(2) == 0 ? 1 : 1 + rng.NextDouble();
    }
}
