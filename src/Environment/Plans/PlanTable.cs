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
    public static PlanTable Of(ModelProfile profile, IReadOnlyList<int> bits, bool probe)
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
        plans.Add(new(PlanKind.Drop, -1, -1, 0));
        if (probe)
            plans.AddRange(plans.Where(p => p.Kind is PlanKind.Local or PlanKind.Drop).Select(p => p with { Probe = true }).ToList());
        return new PlanTable(plans);
    }

    /// <summary>
    /// Leaves out every plan that another one beats or equals in device time, bytes, server time and accuracy, within the tolerances.
    /// Drop and the probing twins of what stays are kept: what they are good for is not in these four numbers.
    /// </summary>
    public PlanTable Pruned(CostTable costs, DominanceTolerance tolerance)
    {
        var kept = new List<int>();
        foreach (var p in Enumerable.Range(0, Count).Where(p => Ordinary(p)).OrderByDescending(p => costs[p].Accuracy)
                     .ThenBy(p => costs[p].DeviceSeconds).ThenBy(p => costs[p].Bytes).ThenBy(p => p))
            if (!kept.Any(q => Dominates(costs[q], costs[p], tolerance)))
                kept.Add(p);
        var stays = kept.Select(p => _plans[p]).ToHashSet();
        return new PlanTable(_plans.Where(p => p.Kind == PlanKind.Drop || stays.Contains(p with { Probe = false })));
    }

    private bool Ordinary(int p) => _plans[p] is { Probe: false, Kind: not PlanKind.Drop };

    private static bool Dominates(in PlanCost q, in PlanCost p, DominanceTolerance t) =>
        q.DeviceSeconds <= p.DeviceSeconds * (1 + t.Time) && q.Bytes <= p.Bytes * (1 + t.Bytes)
        && q.ServerSeconds <= p.ServerSeconds * (1 + t.Time) + 1e-4 && q.Accuracy >= p.Accuracy - t.Accuracy;
}

/// <summary>How much worse the dominating plan may be: relative time, relative bytes, absolute accuracy (regimes: 1.5 %, 6 %, 0.25 points).</summary>
public readonly record struct DominanceTolerance(double Time, double Bytes, double Accuracy)
{
    public static DominanceTolerance Default => new(0.015, 0.06, 0.0025);
    public static DominanceTolerance Exact => new(0, 0, 0);
}
