using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RlOffload.Environment.Plans;

/// <summary>
/// What is expected of several plans at once: bit for bit what <see cref="CostModel.Predict(int, Observation, double)"/> says of each, with a plan in each
/// lane of a vector and the same operations in the same order. Immutable; allocates nothing.
/// </summary>
public sealed class Predictions
{
    /// <summary>Plans of one instance, so that a caller can keep what it is told on the stack.</summary>
    public const int Most = 64;

    private readonly CostModel _model;
    private readonly double[] _numbers;
    private readonly Chunk[] _chunks;
    private readonly Place[] _places;

    /// <param name="At">Where in the numbers the chunk begins: of each way seconds, accuracy, held accuracy and share; of each branch seconds and accuracy; bits, bytes, server seconds, watts above the profile's clock, and what a miss is called.</param>
    /// <param name="End">Where in the places those of the next chunk begin.</param>
    private readonly record struct Chunk(bool Sends, int Ways, int Branches, int At, int End);

    /// <param name="Index">Of the plan among those that are asked for.</param>
    private readonly record struct Place(int Lane, int Index, bool Probe);

    /// <param name="plans">Plans of the model's table, <see cref="Most"/> at most, in the order in which they are asked for.</param>
    private Predictions(CostModel model, int[] plans)
    {
        _model = model;
        var of = new PlanNumbers(model);
        var width = Vector<double>.Count;
        var (numbers, chunks, places) = (new List<double>(), new List<Chunk>(), new List<Place>());
        // A probe changes nothing for its own request, so its plan shares the lane of the plan without.
        var lanes = Enumerable.Range(0, plans.Length).GroupBy(i => model.Table.Plans[plans[i]] with { Probe = false }).Select(g => g.ToArray()).ToList();
        foreach (var kind in lanes.GroupBy(l => (of.Sends(plans[l[0]]), of.WaysOf(plans[l[0]]) > 1)).OrderBy(g => g.Key))
            foreach (var chunk in kind.OrderBy(l => of.WaysOf(plans[l[0]])).Chunk(width))
            {
                int[] first = [.. chunk.Select(l => plans[l[0]])];
                var (sends, ways) = (kind.Key.Item1, first.Max(of.WaysOf));
                var branches = sends ? first.Max(p => of.Branches(p).Count) : 0;
                for (var lane = 0; lane < chunk.Length; lane++)
                    places.AddRange(chunk[lane].Select(i => new Place(lane, i, model.Table.Plans[plans[i]].Probe)));
                chunks.Add(new(sends, ways, branches, numbers.Count, places.Count));
                for (var w = 0; w < ways; w++)
                    foreach (var field in Enumerable.Range(0, 4))
                        Row(p => of.Way(p, w - ways, field));
                for (var b = 0; b < branches; b++)
                {
                    Row(p => of.Branch(p, b).Seconds);
                    Row(p => of.Branch(p, b).Accuracy);
                }
                Row(p => model.Table[p].Bytes * 8);
                Row(p => model.Table[p].Bytes);
                Row(p => model.Table[p].ServerSeconds);
                Row(p => model.Table.Plans[p].Clock is { } clock ? clock.ActiveWatts - model.Scenario.Device.ActiveWatts : 0);
                Row(p => (double)(model.Table.Plans[p].Kind == PlanKind.Drop ? OutcomeKind.Dropped : OutcomeKind.Missed));

                void Row(Func<int, double> number) => numbers.AddRange(Enumerable.Range(0, width).Select(lane => lane < first.Length ? number(first[lane]) : 0));
            }
        (_numbers, _chunks, _places) = ([.. numbers], [.. chunks], [.. places]);
    }

    /// <summary>Of any number of plans, in blocks of <see cref="Most"/>.</summary>
    public static IReadOnlyList<Predictions> Of(CostModel model, IReadOnlyList<int> plans) => [.. plans.Chunk(Most).Select(block => new Predictions(model, block))];

    public int Count => _places.Length;

    /// <param name="rate">Of the link, bit/s.</param>
    /// <param name="predictions">Length <see cref="Count"/>; are filled.</param>
    [SkipLocalsInit]
    public void Write(Observation o, double rate, Span<Prediction> predictions)
    {
        var known = new Known(_model.Scenario, o, rate);
        // As CostModel.Predict has it.
        var (backlog, sending) = (o.UplinkBacklogBytes * 8 / rate, CostModel.ProbeBytes * 8 / rate);
        var probing = Math.Clamp(o.Deadline - backlog, 0, sending);
        var probe = _model.SendEnergy(probing, probing * rate / 8);
        Span<double> courses = stackalloc double[Course.Numbers * Vector<double>.Count];
        ref var number = ref MemoryMarshal.GetReference(courses);
        var next = 0;
        foreach (ref readonly var chunk in _chunks.AsSpan())
        {
            Expect(chunk, known, ref number);
            for (; next < chunk.End; next++)
            {
                ref readonly var place = ref _places[next];
                ref var course = ref Unsafe.Add(ref number, place.Lane);
                var (energy, uplink) = (At(ref course, 3), At(ref course, 5));
                predictions[place.Index] = new(course, At(ref course, 1), At(ref course, 2), place.Probe ? energy + probe : energy, At(ref course, 4),
                    place.Probe ? uplink + probing : uplink, (OutcomeKind)(int)At(ref course, 6));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double At(ref double course, int number) => Unsafe.Add(ref course, number * Vector<double>.Count);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Expect(in Chunk chunk, in Known o, ref double courses)
    {
        ref var first = ref _numbers[chunk.At];
        var (last, branches) = (4 * (chunk.Ways - 1), 4 * chunk.Ways);
        var rest = branches + 2 * chunk.Branches;
        if (chunk.Ways == 1)
        {
            (chunk.Sends ? Sent(ref first, last, branches, rest, o) : Kept(ref first, last, rest, o)).Store(ref courses);
            return;
        }
        var (mean, likeliest, held, passed) = (default(Course), Vector<double>.Zero, Vector<double>.Zero, Vector<long>.Zero);
        for (var w = 0; w < chunk.Ways; w++)
        {
            var course = w + 1 == chunk.Ways && chunk.Sends ? Sent(ref first, last, branches, rest, o) : Kept(ref first, 4 * w, rest, o);
            var missed = Vector.Equals(course.Kind, All((double)OutcomeKind.Missed));
            // At its deadline a request that still runs has the answer of the last exit that it passed.
            course = Course.Select(missed & passed, o.Held(held, Load(ref first, rest + 3)), course);
            held = Vector.ConditionalSelect(missed, held, Load(ref first, 4 * w + 2));
            passed |= ~missed;
            var share = Load(ref first, 4 * w + 3);
            mean = new(mean.Latency + share * course.Latency, mean.Reward + share * course.Reward, mean.Accuracy + share * course.Accuracy,
                mean.Energy + share * course.Energy, mean.Device + share * course.Device, mean.Uplink + share * course.Uplink,
                Vector.ConditionalSelect(Vector.GreaterThan(share, likeliest), course.Kind, mean.Kind));
            likeliest = Vector.Max(likeliest, share);
        }
        mean.Store(ref courses);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Course Kept(ref double first, int way, int rest, in Known o)
    {
        var device = Load(ref first, way) * o.Slowdown;
        var ready = All(o.DeviceBacklog) + device;
        var accuracy = Load(ref first, way + 1);
        return Course.Select(Vector.GreaterThan(ready, All(o.Deadline)), o.Miss(Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero, Load(ref first, rest + 4)),
            new(ready, accuracy - o.Late(ready), accuracy, o.DeviceEnergy(device, Vector<double>.Zero, Load(ref first, rest + 3)), device, Vector<double>.Zero, All((double)OutcomeKind.Answered)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Course Sent(ref double first, int way, int branches, int rest, in Known o)
    {
        var device = Load(ref first, way) * o.Slowdown;
        var bypasses = Vector.Equals(device, Vector<double>.Zero);
        var ready = Vector.ConditionalSelect(bypasses, Vector<double>.Zero, All(o.DeviceBacklog) + device);
        var start = Vector.Max(ready, Vector.ConditionalSelect(bypasses, All(o.Queued), All(o.QueuedAndPending)));
        var sending = Load(ref first, rest) / All(o.Rate);
        var answer = start + sending + All(o.Rtt) + Load(ref first, rest + 2) * o.ServerLoad;
        var limit = Vector.Min(All(o.FallbackShare), All(o.Deadline) - ready) / All(o.Slowdown);
        var (seconds, accuracy) = (Load(ref first, branches), Load(ref first, branches + 1));
        for (var b = branches + 2; b < rest; b += 2)
        {
            var other = Load(ref first, b);
            var fits = Vector.LessThanOrEqual(other, limit);
            (seconds, accuracy) = (Vector.ConditionalSelect(fits, other, seconds), Vector.ConditionalSelect(fits, Load(ref first, b + 1), accuracy));
        }
        var branch = seconds * o.Slowdown;
        var exists = Vector.LessThanOrEqual(ready + branch, All(o.Deadline));
        var cancelAt = Vector.ConditionalSelect(exists, All(o.Deadline) - branch, All(o.Deadline));
        // A branch goes before what waits for the device, but what runs there is not interrupted.
        var saves = exists & ~(bypasses & Vector.GreaterThan(All(o.DeviceBacklog), cancelAt));
        var sent = Vector.Min(Vector.Max(cancelAt - start, Vector<double>.Zero), sending);
        var wasted = o.SendEnergy(sent, sent * o.Rate / All(8));
        var (extra, missed) = (Load(ref first, rest + 3), Load(ref first, rest + 4));
        var saved = new Course(All(o.Deadline), accuracy - All(o.AtDeadline), accuracy, o.DeviceEnergy(device, branch, extra) + wasted, device + branch, sent, All((double)OutcomeKind.Fallback));
        var late = Course.Select(saves, saved, o.Miss(o.DeviceEnergy(device, Vector<double>.Zero, extra) + wasted, device, sent, missed));
        var inTime = new Course(answer, Load(ref first, way + 1) - o.Late(answer), Load(ref first, way + 1),
            o.DeviceEnergy(device, Vector<double>.Zero, extra) + o.SendEnergy(sending, Load(ref first, rest + 1)), device, sending, All((double)OutcomeKind.Answered));
        return Course.Select(Vector.GreaterThan(ready, All(o.Deadline)), o.Miss(Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero, missed),
            Course.Select(Vector.LessThanOrEqual(answer, cancelAt), inTime, late));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Load(ref double first, int row) => Vector.LoadUnsafe(ref first, (nuint)(row * Vector<double>.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> All(double number) => new(number);

    /// <summary>A <see cref="Prediction"/> in each lane.</summary>
    private readonly struct Course(
        Vector<double> latency, Vector<double> reward, Vector<double> accuracy, Vector<double> energy, Vector<double> device, Vector<double> uplink, Vector<double> kind)
    {
        public const int Numbers = 7;

        public readonly Vector<double> Latency = latency, Reward = reward, Accuracy = accuracy, Energy = energy, Device = device, Uplink = uplink, Kind = kind;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Course Select(Vector<long> which, in Course yes, in Course no) => new(
            Vector.ConditionalSelect(which, yes.Latency, no.Latency), Vector.ConditionalSelect(which, yes.Reward, no.Reward), Vector.ConditionalSelect(which, yes.Accuracy, no.Accuracy),
            Vector.ConditionalSelect(which, yes.Energy, no.Energy), Vector.ConditionalSelect(which, yes.Device, no.Device), Vector.ConditionalSelect(which, yes.Uplink, no.Uplink),
            Vector.ConditionalSelect(which, yes.Kind, no.Kind));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(ref double courses)
        {
            var row = (nuint)Vector<double>.Count;
            Latency.StoreUnsafe(ref courses);
            Reward.StoreUnsafe(ref courses, row);
            Accuracy.StoreUnsafe(ref courses, 2 * row);
            Energy.StoreUnsafe(ref courses, 3 * row);
            Device.StoreUnsafe(ref courses, 4 * row);
            Uplink.StoreUnsafe(ref courses, 5 * row);
            Kind.StoreUnsafe(ref courses, 6 * row);
        }
    }

    /// <summary>What all plans share.</summary>
    private readonly struct Known(Scenario s, Observation o, double rate)
    {
        public readonly double Rate = rate, Deadline = o.Deadline, DeviceBacklog = o.DeviceBacklog, Slowdown = o.Slowdown, Rtt = o.Rtt, ServerLoad = o.ServerLoad,
            FallbackShare = s.Reward.FallbackShare * o.Deadline, Queued = o.UplinkBacklogBytes * 8 / rate, QueuedAndPending = (o.UplinkBacklogBytes + o.PendingBytes) * 8 / rate;

        /// <summary>What an answer at the deadline loses.</summary>
        public readonly double AtDeadline = s.Reward.LatencyWeight;

        private readonly double _weight = s.Reward.LatencyWeight, _miss = -s.Reward.LatencyWeight - s.Reward.MissPenalty,
            _active = s.Device.ActiveWatts, _base = s.Radio.TxBaseWatts, _perMbit = s.Radio.TxWattsPerMbit;

        /// <summary>What an answer at this time loses.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<double> Late(Vector<double> latency) => _weight * Vector.Min(latency / All(Deadline), Vector<double>.One);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<double> DeviceEnergy(Vector<double> seconds, Vector<double> branch, Vector<double> extra) => All(_active) * (seconds + branch) + extra * seconds;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<double> SendEnergy(Vector<double> seconds, Vector<double> bytes) => All(_base) * seconds + All(_perMbit) * bytes * All(8e-6);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Course Miss(Vector<double> energy, Vector<double> device, Vector<double> uplink, Vector<double> kind) =>
            new(All(Deadline), All(_miss), Vector<double>.Zero, energy, device, uplink, kind);

        /// <summary>Answered at the deadline by an exit that was passed on the way; the device was busy until then.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Course Held(Vector<double> accuracy, Vector<double> extra)
        {
            var device = All(Math.Max(0, Deadline - DeviceBacklog));
            return new(All(Deadline), accuracy - All(AtDeadline), accuracy, DeviceEnergy(device, Vector<double>.Zero, extra), device, Vector<double>.Zero, All((double)OutcomeKind.Fallback));
        }
    }
}
