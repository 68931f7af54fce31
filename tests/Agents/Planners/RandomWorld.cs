using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners;

/// <summary>Chains with random cuts, exits, times and sizes, and what the tests of planners make of them.</summary>
internal static class RandomWorld
{
    public static readonly int[] Bits = [4, 8, 32];

    /// <summary>2 to 12 cuts and 1 to 4 exits; the last exit is the deepest, memory grows along the chain.</summary>
    public static ModelProfile Profile(ulong seed)
    {
        var rng = new Rng(seed);
        int exits = 1 + rng.NextInt(4), inner = exits + rng.NextInt(9);
        var prefix = new double[inner + 1];
        var memory = new long[inner + 1];
        var cuts = new List<CutPoint> { new(0, "input", [new("frame", 30_000, 120_000)]) };
        for (var c = 1; c <= inner; c++)
        {
            prefix[c] = prefix[c - 1] + 1 + 10 * rng.NextDouble();
            memory[c] = memory[c - 1] + 10_000 + rng.NextInt(100_000);
            var elements = 500 + rng.NextInt(60_000);
            cuts.Add(new(c, $"node{c}", [new($"t{c}", elements, 4 * elements)]));
        }
        var partitions = new List<Partition>();
        var accuracy = new List<AccuracyCell>();
        var whole = new double[exits];
        var right = new double[exits];
        for (var e = 0; e < exits; e++)
        {
            var depth = e == exits - 1 ? inner : 1 + e * (inner - 1) / exits;
            whole[e] = prefix[depth] + 5 * rng.NextDouble();
            right[e] = 0.5 + 0.45 * (e + 1) / exits;
            for (var c = 0; c <= depth; c++)
            {
                partitions.Add(new(e, c, false, Ms(prefix[c]), Ms(whole[e] - prefix[c]), memory[c]));
                foreach (var b in Bits)
                    accuracy.Add(new(e, c, b, right[e] - (b == 32 ? 0 : 0.1 * rng.NextDouble() / b)));
            }
            partitions.Add(new(e, cuts.Count, true, Ms(whole[e]), Ms(0), memory[depth] + 20_000));
            cuts.Add(new(cuts.Count, $"exit{e}", [new($"exit{e}", 10, 40)]));
        }
        return TestWorld.Profile with
        {
            Cuts = cuts,
            Exits = [.. right.Select((a, e) => new ExitBranch(e, $"exit{e}", a))],
            Partitions = partitions,
            WholeMs = [.. whole.Select(Ms)],
            Accuracy = accuracy,
        };
    }

    public static CostModel Model(ulong seed, Scenario? scenario = null)
    {
        scenario ??= TestWorld.Scenario;
        var profile = Profile(seed);
        return new CostModel(new CostTable(profile, PlanTable.Of(profile, Bits, probe: true, clocks: scenario.Device.Clocks), scenario), scenario);
    }

    /// <summary>The test world with 32 bits as well, for planners that know no quantising.</summary>
    public static CostModel Small(Scenario? scenario = null) => TestWorld.Model(scenario, Bits);

    public static PlannerSetup Setup(CostModel model, ILinks? links = null) => new()
    {
        Model = model,
        Candidates = new PlanMap(model.Table.Plans.Pruned(model.Table, DominanceTolerance.Default), model.Table.Plans).Whole,
        Training = () => new OffloadEnvironment(model, links ?? TestWorld.Varying(), TestWorld.Seed),
        TrainingWindows = [0, 1, 2, 3],
        Seed = 11,
    };

    /// <summary>A device in a random state: queues, rate, deadline, heat and load are anything plausible.</summary>
    public static Observation Observation(ref Rng rng) => new()
    {
        Request = rng.NextInt(100),
        Deadline = 0.05 + 2 * rng.NextDouble(),
        DeviceBacklog = rng.NextInt(2) * rng.NextDouble(),
        UplinkBacklogBytes = rng.NextInt(2) * 50_000 * rng.NextDouble(),
        PendingBytes = rng.NextInt(2) * 20_000 * rng.NextDouble(),
        Rate = 1e4 * Math.Pow(1e4, rng.NextDouble()),
        Rtt = 0.1 * rng.NextDouble(),
        ServerLoad = 1 + 10 * rng.NextDouble(),
        Slowdown = 1 + rng.NextDouble(),
        Battery = 1,
    };

    /// <summary>Allows drop and each other plan with probability <paramref name="share"/>.</summary>
    public static bool[] Mask(PlanTable plans, ref Rng rng, double share)
    {
        var mask = new bool[plans.Count];
        for (var p = 0; p < mask.Length; p++)
            mask[p] = plans[p] is { Kind: PlanKind.Drop, Probe: false } || rng.NextDouble() < share;
        return mask;
    }

    public static bool[] AllAllowed(PlanTable plans) => [.. Enumerable.Repeat(true, plans.Count)];

    /// <summary>Plans of the deepest exit that send a tensor of an inner cut at a width, by cut.</summary>
    public static int[] InnerSplits(CostModel model, int bits) => [.. Enumerable.Range(0, model.Count)
        .Where(p => model.Table.Plans[p] is { Kind: PlanKind.Split, Clock: null } plan && plan.Bits == bits && plan.Exit == model.Table.Profile.Exits.Count - 1)
        .OrderBy(p => model.Table.Plans[p].Cut)];

    public static int Plan(CostModel model, string text) =>
        Enumerable.Range(0, model.Count).Single(p => model.Table.Plans[p].ToString() == text);

    private static Duration Ms(double t) => new(t, 1.1 * t);
}
