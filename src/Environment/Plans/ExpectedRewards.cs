using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RlOffload.Environment.Plans;

/// <summary>
/// The expected reward of many plans at once: bit for bit what <see cref="CostModel.Predict(int, Observation)"/> says of each, with a plan in each lane of
/// a vector and the same operations in the same order. Plans that differ in their bits or exit alone have the same head and the same branches, which are
/// looked at once for all of them. Immutable; allocates nothing.
/// </summary>
public sealed class ExpectedRewards
{
    private const int Line = 8;
    private static readonly int Width = Vector<double>.Count;

    private readonly CostModel _model;
    private readonly PlanNumbers _plans;
    private readonly Chunk[] _chunks;
    private readonly double[] _numbers;
    private readonly int _first, _rows;
    private readonly int[] _laneOf;

    /// <param name="Ways">Ways through the plans of the chunk, the most that any of them has; 1 where none is gated.</param>
    /// <param name="Branches">Likewise; 0 where nothing is sent.</param>
    /// <param name="Variants">Plans of a lane, likewise; 1 where nothing is sent.</param>
    /// <param name="At">Where in the numbers the chunk begins: of each way seconds, accuracy, held accuracy and share; of each branch seconds and accuracy; of each variant bits, server seconds and accuracy.</param>
    private readonly record struct Chunk(bool Sends, int Ways, int Branches, int Variants, int At);

    /// <param name="plans">Plans of the model's table, in the order in which they are asked for.</param>
    public ExpectedRewards(CostModel model, IReadOnlyList<int> plans)
    {
        (_model, _plans) = (model, new PlanNumbers(model));
        // A probe changes nothing for its own request, so its plan shares the place of the plan without.
        var places = plans.Select((plan, i) => (plan, i)).GroupBy(x => model.Table.Plans[x.plan] with { Probe = false }, x => x.i)
            .ToDictionary(g => plans[g.First()], g => g.ToArray());
        _laneOf = new int[plans.Count];
        var numbers = new List<double>();
        var chunks = new List<Chunk>();
        foreach (var kind in places.Keys.GroupBy(p => (Sends: _plans.Sends(p), Gated: _plans.WaysOf(p) > 1)).OrderBy(g => g.Key))
            foreach (var lanes in Lanes([.. kind]))
            {
                var (sends, ways) = (kind.Key.Sends, lanes.Max(l => _plans.WaysOf(l[0])));
                var branches = sends ? lanes.Max(l => _plans.Branches(l[0]).Count) : 0;
                var variants = lanes.Max(l => l.Length);
                for (var lane = 0; lane < lanes.Length; lane++)
                    for (var v = 0; v < lanes[lane].Length; v++)
                        foreach (var i in places[lanes[lane][v]])
                            _laneOf[i] = (_rows + v) * Width + lane;
                chunks.Add(new(sends, ways, branches, variants, numbers.Count));
                _rows += variants;
                for (var w = 0; w < ways; w++)
                    foreach (var field in Enumerable.Range(0, 4))
                        Row(lanes, l => _plans.Way(l[0], w - ways, field));
                for (var b = 0; b < branches; b++)
                {
                    Row(lanes, l => _plans.Branch(l[0], b).Seconds);
                    Row(lanes, l => _plans.Branch(l[0], b).Accuracy);
                }
                for (var v = 0; sends && v < variants; v++)
                {
                    Row(lanes, l => model.Table[l[Math.Min(v, l.Length - 1)]].Bytes * 8);
                    Row(lanes, l => model.Table[l[Math.Min(v, l.Length - 1)]].ServerSeconds);
                    Row(lanes, l => _plans.Way(l[Math.Min(v, l.Length - 1)], -1, 1));
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

        void Row(int[][] lanes, Func<int[], double> number) =>
            numbers.AddRange(Enumerable.Range(0, Width).Select(lane => lane < lanes.Length ? number(lanes[lane]) : 0));
    }

    /// <summary>The plans by lanes, and the lanes by chunks: those of one head in a lane, but not so many that other lanes would have to wait for it.</summary>
    private List<int[][]> Lanes(int[] plans)
    {
        var heads = plans.GroupBy(Head).Select(g => g.ToArray()).ToList();
        return Enumerable.Range(1, heads.Max(h => h.Length))
            .Select(most => heads.SelectMany(h => h.Chunk(most)).OrderBy(l => _plans.WaysOf(l[0])).ThenBy(l => l.Length).Chunk(Width).ToList())
            // A head takes about as long as two variants, a way as long as one.
            .MinBy(chunks => chunks.Sum(lanes => 1 + lanes.Max(l => _plans.WaysOf(l[0])) + lanes.Max(l => l.Length)))!;
    }

    /// <summary>Equal for plans whose expected course is the same until the uplink has the tensor.</summary>
    private string Head(int plan) => !_plans.Sends(plan) ? $"{plan}"
        : string.Join(' ', from way in Enumerable.Range(-_plans.WaysOf(plan), _plans.WaysOf(plan)) from field in Enumerable.Range(0, 4)
                           where way < -1 || field != 1 select _plans.Way(plan, way, field)) + string.Concat(_plans.Branches(plan));

    /// <param name="rewards">As many as there are plans.</param>
    [SkipLocalsInit]
    public void Write(Observation o, Span<float> rewards)
    {
        var known = new Known(_model.Scenario.Reward, o);
        var count = _rows * Vector<double>.Count;
        Span<double> lanes = stackalloc double[count + Vector<double>.Count];
        Span<float> narrow = stackalloc float[count + Vector<double>.Count];
        ref var lane = ref MemoryMarshal.GetReference(lanes);
        ref var number = ref MemoryMarshal.GetReference(narrow);
        Means(known, ref lane);
        for (var i = 0; i < count; i += Vector<float>.Count)
            Vector.Narrow(Vector.LoadUnsafe(ref lane, (nuint)i), Vector.LoadUnsafe(ref lane, (nuint)(i + Vector<double>.Count))).StoreUnsafe(ref number, (nuint)i);
        var laneOf = _laneOf;
        rewards = rewards[..laneOf.Length];
        for (var i = 0; i < laneOf.Length; i++)
            rewards[i] = Unsafe.Add(ref number, laneOf[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Means(in Known o, ref double lane)
    {
        foreach (ref readonly var chunk in _chunks.AsSpan())
        {
            ref var first = ref _numbers[_first + chunk.At];
            if (chunk.Sends)
                Sent(chunk, ref first, o, ref lane);
            else
                Kept(chunk, ref first, o).StoreUnsafe(ref lane);
            lane = ref Unsafe.Add(ref lane, chunk.Variants * Vector<double>.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Kept(in Chunk chunk, ref double first, in Known o)
    {
        if (chunk.Ways == 1)
            return Kept(ref first, 0, All(o.Miss), o).Reward;
        var (mean, ifMissed) = Leaving(chunk.Ways - 1, ref first, o);
        var last = 4 * (chunk.Ways - 1);
        return mean + Load(ref first, last + 3) * Kept(ref first, last, ifMissed, o).Reward;
    }

    /// <summary>What those images earn that leave early, in sum, and what one earns that goes on and misses: at its deadline it has the answer of the last exit that it passed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<double> Mean, Vector<double> IfMissed) Leaving(int ways, ref double first, in Known o)
    {
        var (mean, ifMissed) = (Vector<double>.Zero, All(o.Miss));
        for (var w = 0; w < ways; w++)
        {
            var (reward, missed) = Kept(ref first, 4 * w, ifMissed, o);
            ifMissed = Vector.ConditionalSelect(missed, ifMissed, Load(ref first, 4 * w + 2) - All(o.AtDeadline));
            mean += Load(ref first, 4 * w + 3) * reward;
        }
        return (mean, ifMissed);
    }

    /// <inheritdoc cref="CostModel.Predict(int, Observation)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<double> Reward, Vector<long> Missed) Kept(ref double first, int way, Vector<double> ifMissed, in Known o)
    {
        var ready = All(o.DeviceBacklog) + Load(ref first, way) * o.Slowdown;
        var missed = Vector.GreaterThan(ready, All(o.Deadline));
        return (Vector.ConditionalSelect(missed, ifMissed, Load(ref first, way + 1) - o.Late(ready)), missed);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sent(in Chunk chunk, ref double first, in Known o, ref double lane)
    {
        var (mean, ifLate) = Leaving(chunk.Ways - 1, ref first, o);
        var (way, branch) = (4 * (chunk.Ways - 1), 4 * chunk.Ways);
        var device = Load(ref first, way) * o.Slowdown;
        var bypasses = Vector.Equals(device, Vector<double>.Zero);
        var ready = Vector.ConditionalSelect(bypasses, Vector<double>.Zero, All(o.DeviceBacklog) + device);
        var start = Vector.MaxNative(ready, Vector.ConditionalSelect(bypasses, All(o.Queued), All(o.QueuedAndPending)));
        var limit = o.BySlowdown.Of(Vector.MinNative(All(o.FallbackShare), All(o.Deadline) - ready));
        var (seconds, accuracy) = (Load(ref first, branch), Load(ref first, branch + 1));
        for (var b = 1; b < chunk.Branches; b++)
        {
            var other = Load(ref first, branch + 2 * b);
            var fits = Vector.LessThanOrEqual(other, limit);
            (seconds, accuracy) = (Vector.ConditionalSelect(fits, other, seconds), Vector.ConditionalSelect(fits, Load(ref first, branch + 2 * b + 1), accuracy));
        }
        var running = seconds * o.Slowdown;
        var exists = Vector.LessThanOrEqual(ready + running, All(o.Deadline));
        var cancelAt = Vector.ConditionalSelect(exists, All(o.Deadline) - running, All(o.Deadline));
        var hopeless = Vector.GreaterThan(ready, All(o.Deadline));
        // A branch goes before what waits for the device, but what runs there is not interrupted.
        var fails = hopeless | ~exists | (bypasses & Vector.GreaterThan(All(o.DeviceBacklog), cancelAt));
        ifLate = Vector.ConditionalSelect(fails, ifLate, accuracy - All(o.AtDeadline));
        cancelAt = Vector.ConditionalSelect(hopeless, All(double.NegativeInfinity), cancelAt);
        ref var variant = ref Unsafe.Add(ref first, (branch + 2 * chunk.Branches) * Vector<double>.Count);
        for (var v = 0; v < chunk.Variants; v++)
        {
            var answer = start + o.ByRate.Of(Load(ref variant, 0)) + All(o.Rtt) + Load(ref variant, 1) * o.ServerLoad;
            var reward = Vector.ConditionalSelect(Vector.GreaterThan(answer, cancelAt), ifLate, Load(ref variant, 2) - o.Late(answer));
            if (chunk.Ways > 1)
                reward = mean + Load(ref first, way + 3) * reward;
            reward.StoreUnsafe(ref lane, (nuint)(v * Vector<double>.Count));
            variant = ref Unsafe.Add(ref variant, 3 * Vector<double>.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Load(ref double first, int row) =>
        Vector.LoadUnsafe(ref first, (nuint)(row * Vector<double>.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> All(double number) => new(number);

    /// <summary>What all plans share. As numbers, not vectors: a number is spread over the lanes by the very load.</summary>
    private readonly struct Known
    {
        public readonly double Deadline, DeviceBacklog, Slowdown, Rtt, ServerLoad, FallbackShare, Queued, QueuedAndPending, Weight, Miss;

        /// <summary>What an answer at the deadline loses.</summary>
        public readonly double AtDeadline;

        public readonly CommonDivisor ByRate, BySlowdown, ByDeadline;

        public Known(RewardSpec reward, Observation o)
        {
            (Deadline, DeviceBacklog, Slowdown, Rtt, ServerLoad) = (o.Deadline, o.DeviceBacklog, o.Slowdown, o.Rtt, o.ServerLoad);
            (Queued, QueuedAndPending) = (o.UplinkBacklogBytes * 8 / o.Rate, (o.UplinkBacklogBytes + o.PendingBytes) * 8 / o.Rate);
            (FallbackShare, Weight, AtDeadline, Miss) =
                (reward.FallbackShare * o.Deadline, reward.LatencyWeight, reward.LatencyWeight, -reward.LatencyWeight - reward.MissPenalty);
            ByRate.Set(o.Rate);
            BySlowdown.Set(o.Slowdown);
            ByDeadline.Set(o.Deadline);
        }

        /// <summary>What an answer at this time loses; of no meaning after the deadline, where nobody looks at it.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<double> Late(Vector<double> latency) => Weight * ByDeadline.Of(latency);
    }
}
