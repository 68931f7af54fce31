using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RlOffload.Environment.Plans;

/// <summary>
/// The expected reward of many plans at once: bit for bit what <see cref="CostModel.Predict(int, Observation)"/> says of each, with a plan in each lane of
/// a vector and the same operations in the same order. Immutable; allocates nothing.
/// </summary>
public sealed class ExpectedRewards
{
    private const int Line = 8;
    private static readonly int Width = Vector<double>.Count;

    private readonly CostModel _model;
    private readonly Chunk[] _chunks;
    private readonly double[] _numbers;
    private readonly int _first;
    private readonly int[] _laneOf;

    /// <param name="Ways">Ways through the plans of the chunk, the most that any of them has; 1 where none is gated.</param>
    /// <param name="Branches">Likewise; 0 where nothing is sent.</param>
    /// <param name="At">Where in the numbers the chunk begins: of each way seconds, accuracy, held accuracy and share; bits and server seconds; of each branch seconds and accuracy.</param>
    private readonly record struct Chunk(bool Sends, int Ways, int Branches, int At);

    /// <param name="plans">Plans of the model's table, in the order in which they are asked for.</param>
    public ExpectedRewards(CostModel model, IReadOnlyList<int> plans)
    {
        _model = model;
        // A probe changes nothing for its own request, so its plan shares the lane of the plan without.
        var lanes = Enumerable.Range(0, plans.Count).GroupBy(i => model.Table.Plans[plans[i]] with { Probe = false }).ToList();
        _laneOf = new int[plans.Count];
        var numbers = new List<double>();
        var chunks = new List<Chunk>();
        foreach (var kind in lanes.Select(l => l.First()).GroupBy(i => (Sends(plans[i]), Gated: WaysOf(plans[i]) > 1)).OrderBy(g => g.Key))
            foreach (var places in kind.OrderBy(i => WaysOf(plans[i])).Chunk(Width))
            {
                var (sends, ways) = (kind.Key.Item1, places.Max(i => WaysOf(plans[i])));
                var branches = sends ? places.Max(i => Branches(plans[i]).Count) : 0;
                for (var lane = 0; lane < places.Length; lane++)
                    foreach (var i in lanes.Single(l => l.First() == places[lane]))
                        _laneOf[i] = chunks.Count * Width + lane;
                chunks.Add(new(sends, ways, branches, numbers.Count));
                for (var w = 0; w < ways; w++)
                    foreach (var field in Enumerable.Range(0, 4))
                        Row(places, p => Way(p, w - ways, field));
                Row(places, p => model.Table[p].Bytes * 8);
                Row(places, p => model.Table[p].ServerSeconds);
                for (var b = 0; b < branches; b++)
                {
                    Row(places, p => Branch(p, b).Seconds);
                    Row(places, p => Branch(p, b).Accuracy);
                }
            }
        _chunks = [.. chunks];
        // Rows begin with a cache line: a vector that straddles two takes two loads.
        _numbers = GC.AllocateArray<double>(numbers.Count + Line, pinned: true);
        unsafe
        {
            _first = (int)(-(nint)Unsafe.AsPointer(ref _numbers[0]) / sizeof(double) & (Line - 1));
        }
        numbers.CopyTo(_numbers, _first);

        void Row(int[] places, Func<int, double> number) =>
            numbers.AddRange(Enumerable.Range(0, Width).Select(lane => lane < places.Length ? number(plans[places[lane]]) : 0));
    }

    /// <param name="rewards">As many as there are plans.</param>
    public void Write(Observation o, Span<float> rewards)
    {
        var known = new Known(_model.Scenario.Reward, o);
        Span<double> lanes = stackalloc double[_chunks.Length * Vector<double>.Count];
        ref var lane = ref MemoryMarshal.GetReference(lanes);
        Means(known, ref lane);
        var laneOf = _laneOf;
        rewards = rewards[..laneOf.Length];
        for (var i = 0; i < laneOf.Length; i++)
            rewards[i] = (float)Unsafe.Add(ref lane, laneOf[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Means(in Known o, ref double lane)
    {
        for (var c = 0; c < _chunks.Length; c++)
            Mean(_chunks[c], ref _numbers[_first + _chunks[c].At], o).StoreUnsafe(ref lane, (nuint)(c * Vector<double>.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Mean(in Chunk chunk, ref double first, in Known o)
    {
        var rest = 4 * chunk.Ways;
        if (chunk.Ways == 1)
            return (chunk.Sends ? Sent(ref first, 0, rest, chunk.Branches, o) : Kept(ref first, 0, o)).Reward;
        var (mean, held, passed) = (Vector<double>.Zero, Vector<double>.Zero, Vector<long>.Zero);
        for (var w = 0; w < chunk.Ways; w++)
        {
            var last = w + 1 == chunk.Ways;
            var (reward, missed) = last && chunk.Sends ? Sent(ref first, 4 * w, rest, chunk.Branches, o) : Kept(ref first, 4 * w, o);
            // At its deadline a request that still runs has the answer of the last exit that it passed.
            reward = Vector.ConditionalSelect(missed & passed, held - All(o.AtDeadline), reward);
            held = Vector.ConditionalSelect(missed, held, Load(ref first, 4 * w + 2));
            passed |= ~missed;
            mean += Load(ref first, 4 * w + 3) * reward;
        }
        return mean;
    }

    /// <inheritdoc cref="CostModel.Predict(int, Observation)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<double> Reward, Vector<long> Missed) Kept(ref double first, int way, in Known o)
    {
        var ready = All(o.DeviceBacklog) + Load(ref first, way) * o.Slowdown;
        var missed = Vector.GreaterThan(ready, All(o.Deadline));
        return (Vector.ConditionalSelect(missed, All(o.Miss), Load(ref first, way + 1) - o.Late(ready)), missed);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<double> Reward, Vector<long> Missed) Sent(ref double first, int way, int rest, int branches, in Known o)
    {
        var device = Load(ref first, way) * o.Slowdown;
        var bypasses = Vector.Equals(device, Vector<double>.Zero);
        var ready = Vector.ConditionalSelect(bypasses, Vector<double>.Zero, All(o.DeviceBacklog) + device);
        var start = Vector.MaxNative(ready, Vector.ConditionalSelect(bypasses, All(o.Queued), All(o.QueuedAndPending)));
        var answer = start + o.ByRate.Of(Load(ref first, rest)) + All(o.Rtt) + Load(ref first, rest + 1) * o.ServerLoad;
        var limit = o.BySlowdown.Of(Vector.MinNative(All(o.FallbackShare), All(o.Deadline) - ready));
        var (seconds, accuracy) = (Load(ref first, rest + 2), Load(ref first, rest + 3));
        for (var b = 1; b < branches; b++)
        {
            var other = Load(ref first, rest + 2 + 2 * b);
            var fits = Vector.LessThanOrEqual(other, limit);
            (seconds, accuracy) = (Vector.ConditionalSelect(fits, other, seconds), Vector.ConditionalSelect(fits, Load(ref first, rest + 3 + 2 * b), accuracy));
        }
        var branch = seconds * o.Slowdown;
        var exists = Vector.LessThanOrEqual(ready + branch, All(o.Deadline));
        var cancelAt = Vector.ConditionalSelect(exists, All(o.Deadline) - branch, All(o.Deadline));
        // A branch goes before what waits for the device, but what runs there is not interrupted.
        var saves = exists & ~(bypasses & Vector.GreaterThan(All(o.DeviceBacklog), cancelAt));
        var late = Vector.GreaterThan(answer, cancelAt);
        var missed = Vector.GreaterThan(ready, All(o.Deadline)) | (late & ~saves);
        var reward = Vector.ConditionalSelect(late, accuracy - All(o.AtDeadline), Load(ref first, way + 1) - o.Late(answer));
        return (Vector.ConditionalSelect(missed, All(o.Miss), reward), missed);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Load(ref double first, int row) =>
        Vector.LoadUnsafe(ref first, (nuint)(row * Vector<double>.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> All(double number) => new(number);

    private bool Sends(int plan) => _model.Table.Plans[plan].Kind is PlanKind.Split or PlanKind.Remote;

    private int WaysOf(int plan) => Math.Max(1, _model.Table.Ways(plan).Length);

    /// <param name="fromEnd">-1 is the last way; before the first a plan has ways that nobody takes and that no deadline is long enough for.</param>
    private double Way(int plan, int fromEnd, int field)
    {
        var ways = _model.Table.Ways(plan);
        ref readonly var cost = ref _model.Table[plan];
        var way = !ways.IsEmpty ? (-fromEnd <= ways.Length ? ways[ways.Length + fromEnd] : new GatedWay(-1, -1, true, 0, double.PositiveInfinity, 0, 0))
            // A dropped request is as good as one that cannot end in time.
            : new(-1, -1, false, 1, _model.Table.Plans[plan].Kind == PlanKind.Drop ? double.PositiveInfinity : cost.DeviceSeconds, cost.Accuracy, 0);
        return field switch { 0 => way.DeviceSeconds, 1 => way.Accuracy, 2 => way.HeldAccuracy, _ => way.Share };
    }

    private FallbackBranch Branch(int plan, int b) => b < Branches(plan).Count ? Branches(plan)[b] : FallbackBranch.None;

    /// <summary>Without those that a quicker one equals: of these the last that fits is the most accurate.</summary>
    private List<FallbackBranch> Branches(int plan)
    {
        var taken = new List<FallbackBranch>();
        foreach (var branch in _model.Table.Branches(plan))
            if (taken.Count == 0 || branch.Accuracy > taken[^1].Accuracy)
                taken.Add(branch);
        return taken;
    }

    /// <summary>What all plans share. As numbers, not vectors: a number is spread over the lanes by the very load.</summary>
    private readonly struct Known(RewardSpec reward, Observation o)
    {
        public readonly double Deadline = o.Deadline, DeviceBacklog = o.DeviceBacklog, Slowdown = o.Slowdown, Rtt = o.Rtt, ServerLoad = o.ServerLoad,
            FallbackShare = reward.FallbackShare * o.Deadline, Queued = o.UplinkBacklogBytes * 8 / o.Rate,
            QueuedAndPending = (o.UplinkBacklogBytes + o.PendingBytes) * 8 / o.Rate, Weight = reward.LatencyWeight,
            Miss = -reward.LatencyWeight - reward.MissPenalty;

        /// <summary>What an answer at the deadline loses.</summary>
        public readonly double AtDeadline = reward.LatencyWeight * Math.Min(o.Deadline / o.Deadline, 1);

        public readonly CommonDivisor ByRate = new(o.Rate), BySlowdown = new(o.Slowdown), ByDeadline = new(o.Deadline);

        /// <summary>What an answer at this time loses.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<double> Late(Vector<double> latency) => Weight * Vector.MinNative(ByDeadline.Of(latency), Vector<double>.One);
    }
}
