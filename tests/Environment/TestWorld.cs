using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;

namespace RlOffload.Tests.Environment;

/// <summary>
/// A small world with round numbers: three exits (60, 80, 90 %), a chain with two cuts, device 10x slower than the profile, a link of 1 Mbit/s.
/// Whole network up to the exits: 100, 200, 300 ms on the device; the input is 25,000 bytes (0.2 s), cut 1 8,000 numbers, cut 2 2,000.
/// </summary>
internal static class TestWorld
{
    public const ulong Seed = 7;

    public static ModelProfile Profile { get; } = Make();

    public static Scenario Scenario { get; } = new()
    {
        Device = new DeviceSpec(TimeFactor: 10, PackSecondsPerElement: 0),
        Server = new ServerSpec(TimeFactor: 1),
        Uplink = new UplinkSpec(HeaderBytes: 0, PriorBitsPerSecond: 1e6, PriorRtt: 0.04),
        Arrivals = new ArrivalSpec(ArrivalKind.Bursty, MeanGap: 0.4),
        Deadlines = new DeadlineSpec(Median: 0.6, Spread: 0.5),
        Requests = 60,
    };

    /// <summary>Half the speed at 0.3 of the 3 W of the profile's clock, and a quarter of it at 0.1 of them.</summary>
    public static Clock[] Clocks { get; } = [new(5e8, 2, 0.9), new(2.5e8, 4, 0.3)];

    /// <summary>The scenario on a device with <see cref="Clocks"/>.</summary>
    public static Scenario Clocked => Scenario with { Device = Scenario.Device with { Clocks = Clocks } };

    public static ILinks Constant(double bitsPerSecond = 1e6, double rttMs = 40) =>
        Traces(RttModel.Constant(rttMs), LinkTrace.FromSamples("constant", [0], [bitsPerSecond], 10));

    /// <summary>A link that changes every second between 0.1 and 4 Mbit/s; twelve different windows.</summary>
    public static ILinks Varying(ulong seed = 3)
    {
        var rng = new Rng(seed);
        var starts = Enumerable.Range(0, 600).Select(i => (double)i).ToArray();
        var rates = starts.Select(_ => 1e5 * Math.Pow(40, rng.NextDouble())).ToArray();
        return new TraceLinks(LinkWindows.Cut([LinkTrace.FromSamples("varying", starts, rates, 600)], 50), RttModel.Constant(40), $"varying-{seed}");
    }

    public static ILinks Traces(RttModel roundTrips, params LinkTrace[] traces) =>
        new TraceLinks([.. traces.Select((t, i) => new LinkWindow(t, 0, i))], roundTrips, string.Join(',', traces.Select(t => t.Name)));

    public static CostModel Model(Scenario? scenario = null, IReadOnlyList<int>? bits = null, bool probe = true)
    {
        scenario ??= Scenario;
        return new CostModel(new CostTable(Profile, PlanTable.Of(Profile, bits ?? [4, 8], probe, clocks: scenario.Device.Clocks), scenario), scenario);
    }

    public static OffloadEnvironment Environment(Scenario? scenario = null, ILinks? links = null, bool probe = true) =>
        new(Model(scenario, probe: probe), links ?? Varying(), Seed);

    /// <summary>Index of a plan by its text, such as "local@1", "cut2@3/8b", "remote@3", "drop".</summary>
    public static int Plan(OffloadEnvironment environment, string text) =>
        Enumerable.Range(0, environment.Actions).Single(p => environment.Model.Table.Plans[p].ToString() == text);

    private static ModelProfile Make()
    {
        static Duration Ms(double t) => new(t, t * 1.1);
        double[] whole = [10, 20, 30], accuracy = [0.6, 0.8, 0.9], prefix = [0, 8, 16];
        CutPoint[] cuts =
        [
            new(0, "input", [new("frame", 25_000, 100_000)]), new(1, "conv1", [new("a", 8_000, 32_000)]), new(2, "conv2", [new("b", 2_000, 8_000)]),
            new(3, "exit1", [new("exit1", 10, 40)]), new(4, "exit2", [new("exit2", 10, 40)]), new(5, "exit3", [new("exit3", 10, 40)]),
        ];
        var partitions = new List<Partition>();
        var cells = new List<AccuracyCell>();
        for (var e = 0; e < 3; e++)
        {
            // Exit 1 branches off behind cut 1, the others behind cut 2.
            for (var c = 0; c <= Math.Min(e + 1, 2); c++)
            {
                partitions.Add(new(e, c, false, Ms(prefix[c]), Ms(whole[e] - prefix[c]), 100_000 * c));
                foreach (var (bits, loss) in new[] { (2, 0.2), (4, 0.03), (8, 0.002), (32, 0.0) })
                    cells.Add(new(e, c, bits, c == 0 ? accuracy[e] : accuracy[e] - loss));
            }
            partitions.Add(new(e, 3 + e, true, Ms(whole[e]), Ms(0), 150_000 * (e + 1)));
        }
        return new ModelProfile
        {
            Model = new("test.onnx", "00", "frame", [1, 3, 96, 96], "float32"),
            Machine = new("test", "test", "10", "1.29.0", 1, "ALL", 30, "2026-01-01"),
            Cuts = cuts,
            Exits = [.. accuracy.Select((a, e) => new ExitBranch(e, $"exit{e + 1}", a))],
            Partitions = partitions,
            WholeMs = [.. whole.Select(Ms)],
            Accuracy = cells,
            InputEncodings = [new("raw", 25_000, 0)],
        };
    }
}
