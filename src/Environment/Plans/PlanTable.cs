using System.Security.Cryptography;
using System.Text;
using RlOffload.Environment.Profiles;

namespace RlOffload.Environment.Plans;

/// <summary>
/// All plans of a profile, each once: (exit, split, bits) where the split's tensors are sent, one plan an exit for split 0 and for all-local,
/// and <c>drop</c>. An agent's action is an index into this list, so its order is part of a frozen policy.
/// </summary>
public sealed class PlanTable
{
    private readonly OffloadPlan[] _plans;

    public PlanTable(IEnumerable<OffloadPlan> plans)
    {
        _plans = plans.ToArray();
        if (_plans.Length == 0)
            throw new ArgumentException("a plan table needs at least one plan", nameof(plans));
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', _plans))));
    }

    public int Count => _plans.Length;
    public OffloadPlan this[int plan] => _plans[plan];
    public IReadOnlyList<OffloadPlan> Plans => _plans;

    /// <summary>SHA-256 of the plans in their order.</summary>
    public string Hash { get; }

    /// <summary>Index of the plan, or -1.</summary>
    public int IndexOf(OffloadPlan plan) => Array.IndexOf(_plans, plan);

    /// <param name="bits">Widths to offer at a split.</param>
    /// <param name="probe">Give each all-local plan and <c>drop</c> a twin that also probes the link.</param>
    /// <param name="gates">Each makes a twin of every plan that passes an exit it tries, and which then may be left there.</param>
    /// <param name="clocks">Each makes a twin of every plan for which the device computes.</param>
    /// <exception cref="InputException">There are gates, but the profile does not say how sure each exit is of each image.</exception>
    public static PlanTable Of(
        ModelProfile profile, IReadOnlyList<int> bits, bool probe, IReadOnlyList<Gate>? gates = null, IReadOnlyList<Clock>? clocks = null)
    {
        var plans = new List<OffloadPlan>();
        foreach (var p in profile.Partitions.OrderBy(p => p.Exit).ThenBy(p => p.Local).ThenBy(p => p.Cut))
        {
            if (p.Local)
                plans.Add(new(PlanKind.Local, p.Exit, p.Cut, 0));
            else if (p.Cut == 0)
                plans.Add(new(PlanKind.Remote, p.Exit, 0, 0));
            else
                plans.AddRange(bits.Order().Select(b => new OffloadPlan(PlanKind.Split, p.Exit, p.Cut, b)));
        }
        var ungated = plans.Count;
        foreach (var gate in gates ?? [])
            plans.AddRange(GatedPath.Gated(profile, gate, plans.Take(ungated).ToList()));
        var unclocked = plans.Count;
        foreach (var clock in clocks ?? [])
            plans.AddRange(plans.Take(unclocked).Where(p => p.Kind != PlanKind.Remote).Select(p => p with { Clock = clock }).ToList());
        plans.Add(new(PlanKind.Drop, -1, -1, 0));
        if (probe)
            plans.AddRange(plans.Where(p => p.Kind is PlanKind.Local or PlanKind.Drop).Select(p => p with { Probe = true }).ToList());
        return new PlanTable(plans);
    }

    /// <summary>
    /// Leaves out plans such that each of them is beaten or equalled, within the tolerances, by one that stays, in device time, bytes, server time and
    /// accuracy: of the plans that none beats outright, again and again the one that stands for most others stays. Drop and the probing
    /// and slower twins of what stays are kept: what they are good for is not in these four numbers. Plans that this device cannot run are left out.
    /// </summary>
    public PlanTable Pruned(CostTable costs, DominanceTolerance tolerance)
    {
        int[] ordinary = [.. Enumerable.Range(0, Count).Where(p => Ordinary(p) && costs.Runnable[p])];
        int[] best = [.. ordinary.Where(p => !ordinary.Any(q => Same(q, p) && Beats(costs, q, p)))];
        var left = ordinary.ToHashSet();
        var stays = new HashSet<OffloadPlan>();
        while (left.Count > 0)
        {
            var keep = best.MaxBy(q => left.Count(p => Same(q, p) && Dominates(costs[q], costs[p], tolerance)));
            stays.Add(_plans[keep]);
            left.RemoveWhere(p => Same(keep, p) && Dominates(costs[keep], costs[p], tolerance));
        }
        return new PlanTable(_plans.Where(p => p.Kind == PlanKind.Drop || stays.Contains(p with { Probe = false, Clock = null })));
    }

    /// <summary>
    /// A gated plan is compared only with plans of the same gate: its mean says little of a request that meets a deadline with the time of all
    /// exits that it tried.
    /// </summary>
    private bool Same(int q, int p) => Equals(_plans[q].Gate, _plans[p].Gate);

    private bool Ordinary(int p) => _plans[p] is { Probe: false, Clock: null, Kind: not PlanKind.Drop };

    /// <summary>At least as good in all four numbers and better in one; of plans that are equal in all, the first beats the others.</summary>
    private static bool Beats(CostTable costs, int q, int p)
    {
        var (a, b) = (costs[q], costs[p]);
        return a.DeviceSeconds <= b.DeviceSeconds && a.MeanBytes <= b.MeanBytes && a.MeanServerSeconds <= b.MeanServerSeconds && a.Accuracy >= b.Accuracy
            && (q < p || a.DeviceSeconds < b.DeviceSeconds || a.MeanBytes < b.MeanBytes || a.MeanServerSeconds < b.MeanServerSeconds
                || a.Accuracy > b.Accuracy);
    }

    private static bool Dominates(in PlanCost q, in PlanCost p, DominanceTolerance t) =>
        q.DeviceSeconds <= p.DeviceSeconds * (1 + t.Time) && q.MeanBytes <= p.MeanBytes * (1 + t.Bytes)
        && q.MeanServerSeconds <= p.MeanServerSeconds * (1 + t.Time) + t.ServerSeconds && q.Accuracy >= p.Accuracy - t.Accuracy;
}

/// <summary>How much worse the dominating plan may be: relative time, relative bytes, absolute accuracy (regimes: 1.5 %, 6 %, 0.25 points).</summary>
/// <param name="ServerSeconds">On top of the relative time, for servers so quick that what a plan saves there is nothing beside the round trip.</param>
public readonly record struct DominanceTolerance(double Time, double Bytes, double Accuracy, double ServerSeconds = 1e-4)
{
    public static DominanceTolerance Default => new(0.015, 0.06, 0.0025);
    public static DominanceTolerance Exact => new(0, 0, 0);
}
