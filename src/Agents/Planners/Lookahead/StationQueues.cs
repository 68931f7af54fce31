using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>What was promised to the request whose head the device works on: a transfer that goes before it must not make it late.</summary>
/// <param name="LatestStart">s; when its own transfer has to start for its answer to come in time.</param>
/// <param name="Worth">Reward that is lost if it does not.</param>
internal readonly record struct Promise(double LatestStart, double Worth)
{
    public static Promise None => new(double.PositiveInfinity, 0);
}

/// <summary>
/// A small deterministic model of the three stations: when each is free, in s from the decision on. Bytes that the device still works on
/// take the uplink when they are ready, so a transfer without a head may go before them. A branch helps a late request only where the device is
/// free when it is due, and is then given the device until the deadline. Left out: all but the last of several heads that wait.
/// </summary>
internal struct StationQueues
{
    private double _uplinkFree, _pendingReady, _pendingBytes, _serverFree;

    public double DeviceFree { get; private set; }

    /// <summary>To the request whose bytes are not ready yet.</summary>
    public Promise Promise { get; private set; }

    /// <summary>What the device knows to be queued.</summary>
    /// <param name="promise">To the last request that the device works on, in s from the decision on.</param>
    public static StationQueues Of(Observation o, LinkForecast link, Promise promise) => new()
    {
        DeviceFree = o.DeviceBacklog,
        _uplinkFree = link.Sent(0, o.UplinkBacklogBytes),
        _pendingReady = o.DeviceBacklog,
        _pendingBytes = o.PendingBytes,
        Promise = o.PendingBytes > 0 ? promise : Promise.None,
    };

    /// <summary>When the uplink has carried all that is queued for it.</summary>
    public readonly double UplinkFree(LinkForecast link) => link.Sent(_pendingBytes > 0 ? Math.Max(_uplinkFree, _pendingReady) : _uplinkFree, _pendingBytes);

    /// <summary>Serves a request that arrives at <paramref name="now"/> by the plan; otherwise as <see cref="CostModel.Predict(int, Observation)"/>.</summary>
    /// <param name="o">The device's and the server's speed, taken to last.</param>
    /// <param name="rtt">Round-trip time to plan with, s.</param>
    /// <returns>The request's reward, less what it takes from one that was promised more.</returns>
    public double Serve(CostModel model, int plan, double now, double deadline, Observation o, double rtt, LinkForecast link)
    {
        var kind = model.Table.Plans[plan].Kind;
        var missed = model.Reward(false, 0, deadline, deadline);
        if (kind == PlanKind.Drop)
            return missed;
        ref readonly var cost = ref model.Table[plan];
        var device = cost.DeviceSeconds * o.Slowdown;
        var (bypasses, bytes) = (kind != PlanKind.Local && device == 0, cost.Bytes * cost.GoesOn); // of a plan that may leave early the mean
        var ready = bypasses ? now : Math.Max(now, DeviceFree) + device;
        if (ready > now + deadline)
            return missed;
        if (kind == PlanKind.Local)
        {
            DeviceFree = ready;
            return model.Reward(true, cost.Accuracy, ready - now, deadline);
        }

        if (!bypasses || (_pendingBytes > 0 && _pendingReady <= Math.Max(now, _uplinkFree)))
        {
            _uplinkFree = UplinkFree(link);
            _pendingBytes = 0;
            Promise = Promise.None;
        }
        var start = Math.Max(ready, _uplinkFree);
        var sent = link.Sent(start, bytes);
        var served = Math.Max(sent + rtt / 2, _serverFree) + cost.ServerSeconds * o.ServerLoad;
        var answer = served + rtt / 2;
        var branch = model.Fallback(plan, deadline, ready - now, o.Slowdown);
        var cancelAt = now + deadline - (branch.Exists ? branch.Seconds : 0);
        var reward = missed;
        if (answer <= cancelAt)
        {
            _serverFree = served;
            reward = model.Reward(true, cost.Accuracy, answer - now, deadline);
        }
        var left = answer <= cancelAt ? sent : Math.Clamp(cancelAt, start, Math.Max(start, sent));
        if (bypasses)
        {
            _uplinkFree = left;
        }
        else
        {
            (DeviceFree, _pendingReady, _pendingBytes) = (ready, ready, sent > start ? bytes * (left - start) / (sent - start) : 0);
            Promise = new Promise(start + cancelAt - answer, reward - missed);
        }
        if (answer > cancelAt && branch.Exists && DeviceFree <= cancelAt)
        {
            DeviceFree = now + deadline;
            reward = model.Reward(true, branch.Accuracy, deadline, deadline);
        }
        if (!bypasses || left <= Promise.LatestStart)
            return reward;
        reward -= Promise.Worth;
        Promise = Promise.None;
        return reward;
    }
}
