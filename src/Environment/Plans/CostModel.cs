namespace RlOffload.Environment.Plans;

/// <summary>What the device expects of a plan, given what it knows.</summary>
/// <param name="Latency">s; the deadline where a miss is expected.</param>
/// <param name="Reward">Expected reward of this request alone.</param>
/// <param name="DeviceSeconds">Device time that the plan takes from later requests, fallback included.</param>
/// <param name="UplinkSeconds">Uplink time that it takes from later requests.</param>
public readonly record struct Prediction(
    double Latency, double Reward, double Accuracy, double Energy, double DeviceSeconds, double UplinkSeconds, OutcomeKind Kind);

/// <summary>
/// Plan + what is known of the world -> latency, energy, accuracy, reward. The one cost model: the environment charges by it,
/// planners enumerate it and the runtime predicts with it. Includes the deadline rule: a late transfer is cancelled and a branch answers.
/// </summary>
public sealed class CostModel(CostTable table, Scenario scenario)
{
    /// <summary>A probe is a train of 16 packets of 1,500 bytes.</summary>
    public const double ProbeBytes = 16 * 1500;

    public CostTable Table { get; } = table;
    public Scenario Scenario { get; } = scenario;
    public int Count => Table.Count;

    /// <summary>Accuracy of the plan that has most of it: what a shortfall is measured from.</summary>
    public double BestAccuracy { get; } = Enumerable.Range(0, table.Open).Max(p => table[p].Accuracy);

    /// <summary>Costs that are expected of a request with this prediction: its own energy, without what idling and radio tails add.</summary>
    public Costs Costs(in Prediction p) =>
        new(p.Energy, p.Kind is OutcomeKind.Missed or OutcomeKind.Dropped ? 1 : 0, BestAccuracy - p.Accuracy);

    /// <summary>r = accuracy - w_l * min(latency, D)/D where in time, else -(w_l + w_m).</summary>
    public double Reward(bool inTime, double accuracy, double latency, double deadline) => inTime
        ? accuracy - Scenario.Reward.LatencyWeight * Math.Min(latency / deadline, 1)
        : -Scenario.Reward.LatencyWeight - Scenario.Reward.MissPenalty;

    /// <summary>J that the device takes to compute for so long at the profile's clock.</summary>
    public double DeviceEnergy(double seconds) => Scenario.Device.ActiveWatts * seconds;

    /// <summary>J that the device takes to compute for the plan, at the plan's clock.</summary>
    /// <param name="seconds">Head or local answer.</param>
    /// <param name="branch">The branch that takes over, which runs at the profile's clock.</param>
    public double DeviceEnergy(int plan, double seconds, double branch = 0) =>
        DeviceEnergy(seconds + branch) + (Table.Plans[plan].Clock is { } clock ? (clock.ActiveWatts - Scenario.Device.ActiveWatts) * seconds : 0);

    /// <summary>How much the device warms while it computes for the plan, over what it does at the profile's clock.</summary>
    public double Use(int plan) =>
        Table.Plans[plan].Clock is { } clock && Scenario.Device.ActiveWatts > 0 ? clock.ActiveWatts / Scenario.Device.ActiveWatts : 1;

    /// <summary>E_tx = P_base * t + p * bits / 1e6, exact for a power that is linear in the rate.</summary>
    public double SendEnergy(double seconds, double bytes) =>
        Scenario.Radio.TxBaseWatts * seconds + Scenario.Radio.TxWattsPerMbit * bytes * 8e-6;

    /// <summary>
    /// The branch that answers on the device when the plan's answer is late: the most accurate one that needs at most
    /// <see cref="RewardSpec.FallbackShare"/> of the deadline and of the time left, else the quickest; none where that comes too late, too.
    /// </summary>
    /// <param name="deadline">Time the request may take, s.</param>
    /// <param name="ready">Time since its arrival when the tensor is ready to be sent, s.</param>
    /// <param name="slowdown">Of the device; the branch's seconds include it.</param>
    public FallbackBranch Fallback(int plan, double deadline, double ready = 0, double slowdown = 1)
    {
        var branch = Table.Fallback(plan, Math.Min(Scenario.Reward.FallbackShare * deadline, deadline - ready) / slowdown);
        return branch.Exists && ready + branch.Seconds * slowdown <= deadline ? branch with { Seconds = branch.Seconds * slowdown } : FallbackBranch.None;
    }

    public Prediction Predict(int plan, Observation o) => Predict(plan, o, o.Rate);

    /// <summary>The expected course of the plan for the request that <paramref name="o"/> describes, at a rate of <paramref name="rate"/> bit/s.</summary>
    public Prediction Predict(int plan, Observation o, double rate)
    {
        if (!Table.Plans[plan].Probe)
            return Course(plan, o, rate);
        // The train queues like any transfer, is cut off at the deadline and changes nothing for the request itself.
        var sending = ProbeBytes * 8 / rate;
        var sent = Math.Clamp(o.Deadline - o.UplinkBacklogBytes * 8 / rate, 0, sending);
        var course = Course(plan, o, rate);
        return course with { Energy = course.Energy + SendEnergy(sent, sent * rate / 8), UplinkSeconds = course.UplinkSeconds + sent };
    }

    private Prediction Course(int plan, Observation o, double rate)
    {
        var kind = Table.Plans[plan].Kind;
        if (kind == PlanKind.Drop)
            return Miss(o, 0, 0, OutcomeKind.Dropped);
        ref readonly var cost = ref Table[plan];
        var ways = Table.Ways(plan);
        if (ways.IsEmpty)
            return kind == PlanKind.Local ? Kept(plan, o, cost.DeviceSeconds, cost.Accuracy) : Sent(plan, o, rate, cost.DeviceSeconds, cost.Accuracy);
        var mean = default(Prediction);
        var (likeliest, kept) = (0.0, (Accuracy: 0.0, At: -1.0));
        foreach (ref readonly var way in ways)
        {
            var course = way.Leaves || kind == PlanKind.Local ? Kept(plan, o, way.DeviceSeconds, way.Accuracy) : Sent(plan, o, rate, way.DeviceSeconds, way.Accuracy);
            // At its deadline a request that still runs has the answer of the last exit that it passed.
            if (course.Kind == OutcomeKind.Missed && kept.At >= 0)
                course = Held(plan, o, kept.Accuracy);
            if (course.Kind == OutcomeKind.Answered && way.Leaves)
                kept = (way.HeldAccuracy, way.DeviceSeconds);
            mean = new(mean.Latency + way.Share * course.Latency, mean.Reward + way.Share * course.Reward, mean.Accuracy + way.Share * course.Accuracy,
                mean.Energy + way.Share * course.Energy, mean.DeviceSeconds + way.Share * course.DeviceSeconds,
                mean.UplinkSeconds + way.Share * course.UplinkSeconds, way.Share > likeliest ? course.Kind : mean.Kind);
            likeliest = Math.Max(likeliest, way.Share);
        }
        return mean;
    }

    private Prediction Miss(Observation o, double deviceSeconds, double energy, OutcomeKind kind = OutcomeKind.Missed) =>
        new(o.Deadline, Reward(false, 0, o.Deadline, o.Deadline), 0, energy, deviceSeconds, 0, kind);

    /// <summary>Answered at the deadline by an exit that was passed on the way; the device was busy until then.</summary>
    private Prediction Held(int plan, Observation o, double accuracy)
    {
        var device = Math.Max(0, o.Deadline - o.DeviceBacklog);
        return new(o.Deadline, Reward(true, accuracy, o.Deadline, o.Deadline), accuracy, DeviceEnergy(plan, device), device, 0, OutcomeKind.Fallback);
    }

    private Prediction Kept(int plan, Observation o, double seconds, double accuracy)
    {
        var device = seconds * o.Slowdown;
        var ready = o.DeviceBacklog + device;
        return ready > o.Deadline ? Miss(o, 0, 0) // hopeless work is not started
            : new(ready, Reward(true, accuracy, ready, o.Deadline), accuracy, DeviceEnergy(plan, device), device, 0, OutcomeKind.Answered);
    }

    private Prediction Sent(int plan, Observation o, double rate, double seconds, double accuracy)
    {
        ref readonly var cost = ref Table[plan];
        var device = seconds * o.Slowdown;
        var bypasses = device == 0;
        var ready = bypasses ? 0 : o.DeviceBacklog + device;
        if (ready > o.Deadline)
            return Miss(o, 0, 0);
        var queued = o.UplinkBacklogBytes + (bypasses ? 0 : o.PendingBytes);
        var start = Math.Max(ready, queued * 8 / rate);
        var sending = cost.Bytes * 8 / rate;
        var answer = start + sending + o.Rtt + cost.ServerSeconds * o.ServerLoad;
        var branch = Fallback(plan, o.Deadline, ready, o.Slowdown);
        var cancelAt = branch.Exists ? o.Deadline - branch.Seconds : o.Deadline;
        // A branch goes before what waits for the device, but what runs there is not interrupted.
        var tooBusy = bypasses && o.DeviceBacklog > cancelAt;
        if (answer <= cancelAt)
            return new(answer, Reward(true, accuracy, answer, o.Deadline), accuracy,
                DeviceEnergy(plan, device) + SendEnergy(sending, cost.Bytes), device, sending, OutcomeKind.Answered);
        var sent = Math.Clamp(cancelAt - start, 0, sending);
        var wasted = SendEnergy(sent, sent * rate / 8);
        if (branch.Exists && !tooBusy)
            return new(o.Deadline, Reward(true, branch.Accuracy, o.Deadline, o.Deadline), branch.Accuracy,
                DeviceEnergy(plan, device, branch.Seconds) + wasted, device + branch.Seconds, sent, OutcomeKind.Fallback);
        return Miss(o, device, DeviceEnergy(plan, device) + wasted) with { UplinkSeconds = sent };
    }
}
