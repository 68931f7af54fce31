using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// SmartSplit (Prakash et al., COMSNETS 2022, after LMOS): latency, energy of the device and memory at the edge, here all minimised; a genetic algorithm finds the front and a
/// decision analysis picks from it. Which ones was not at hand: NSGA-II and TOPSIS with equal weights are taken, over all splits of the deepest exit, the input and all-local
/// included (the paper's own baselines), with the cost model's energy. The paper plans once for a network and a phone; here the front is worked out once for each bucket of rate,
/// round trip, slowdown and load, when it is first met, and TOPSIS weighs its allowed members by what is observed now.
/// </summary>
public sealed class SmartSplitPlanner : IPolicy
{
    private const int Objectives = 3;
    private const double RateBuckets = 4, TripBuckets = 2, FactorBuckets = 8; // to an octave

    private static readonly double[] EqualWeights = [1.0 / Objectives, 1.0 / Objectives, 1.0 / Objectives];

    private readonly CostModel _model;
    private readonly ulong _seed;
    private readonly int[] _splits;
    private readonly Retreat _retreat;
    private readonly Dictionary<(int, int, int, int), int[]> _fronts = [];
    private readonly int[] _rows;
    private readonly double[] _values;

    /// <param name="seed">Of the genetic algorithm; each bucket has draws of its own, so the order in which buckets are met does not matter.</param>
    /// <param name="bits">Width of the numbers sent; the published system sends 32.</param>
    public SmartSplitPlanner(CostModel model, ulong seed, int bits = 32, string name = "smartsplit")
    {
        (Name, _model, _seed) = (name, model, seed);
        _splits = new SplitChain(model.Table, bits).All;
        _retreat = new Retreat(model.Table);
        (_rows, _values) = (new int[_splits.Length], new double[Objectives * _splits.Length]);
    }

    public string Name { get; }

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var plan = Choose(FrontOf(observation), observation, mask);
        return _retreat.Unless(plan >= 0 ? plan : Choose(_splits, observation, mask), mask);
    }

    /// <summary>The front of the observation's bucket: plans whose (latency, energy, memory) no other split beats at its middle.</summary>
    public IReadOnlyList<int> Front(Observation observation) => FrontOf(observation);

    private int Choose(int[] plans, Observation o, ReadOnlySpan<bool> mask)
    {
        var rows = 0;
        foreach (var plan in plans)
            if (mask[plan])
            {
                Values(plan, o, _values.AsSpan(Objectives * rows, Objectives));
                _rows[rows++] = plan;
            }
        var row = Topsis.Choose(_values.AsSpan(0, Objectives * rows), EqualWeights);
        return row < 0 ? -1 : _rows[row];
    }

    private int[] FrontOf(Observation o)
    {
        var key = (Bucket(o.Rate, RateBuckets), Bucket(o.Rtt, TripBuckets), Bucket(o.Slowdown, FactorBuckets), Bucket(o.ServerLoad, FactorBuckets));
        return _fronts.TryGetValue(key, out var known) ? known : _fronts[key] = Solve(key);
    }

    private int[] Solve((int, int, int, int) key)
    {
        var middle = new Observation
        {
            Rate = Middle(key.Item1, RateBuckets), Rtt = Middle(key.Item2, TripBuckets),
            Slowdown = Middle(key.Item3, FactorBuckets), ServerLoad = Middle(key.Item4, FactorBuckets),
        };
        double[][] objectives = [.. _splits.Select(p =>
        {
            var row = new double[Objectives];
            Values(p, middle, row);
            return row;
        })];
        var rng = Rng.Keyed(_seed, (uint)key.Item1 | (ulong)(uint)key.Item2 << 32, (uint)key.Item3 | (ulong)(uint)key.Item4 << 32, RngPurpose.Policy);
        return [.. Nsga2.Front(objectives, Nsga2Options.Default, ref rng).Select(i => _splits[i])];
    }

    private void Values(int plan, Observation o, Span<double> values)
    {
        ref readonly var cost = ref _model.Table[plan];
        values[0] = SplitChain.Latency(_model.Table, plan, o);
        values[1] = _model.DeviceEnergy(cost.DeviceSeconds * o.Slowdown) + (cost.Bytes > 0 ? _model.SendEnergy(cost.Bytes * 8 / o.Rate, cost.Bytes) : 0);
        values[2] = cost.MemoryBytes;
    }

    private static int Bucket(double x, double toAnOctave) => (int)Math.Clamp(Math.Floor(Math.Log2(x) * toAnOctave), -1000, 1000);

    private static double Middle(int bucket, double toAnOctave) => Math.Pow(2, (bucket + 0.5) / toAnOctave);
}
