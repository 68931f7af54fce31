namespace RlOffload.Environment.Plans;

/// <summary>What of a plan goes into the lanes of <see cref="ExpectedRewards"/> and <see cref="Predictions"/>.</summary>
internal sealed class PlanNumbers(CostModel model)
{
    public bool Sends(int plan) => model.Table.Plans[plan].Kind is PlanKind.Split or PlanKind.Remote;

    /// <summary>1 for a plan that is not gated.</summary>
    public int WaysOf(int plan) => Math.Max(1, model.Table.Ways(plan).Length);

    /// <param name="fromEnd">-1 is the last way; before the first a plan has ways that nobody takes and that no deadline is long enough for.</param>
    /// <param name="field">0 seconds, 1 accuracy, 2 held accuracy, 3 share.</param>
    public double Way(int plan, int fromEnd, int field)
    {
        var ways = model.Table.Ways(plan);
        ref readonly var cost = ref model.Table[plan];
        var way = !ways.IsEmpty ? (-fromEnd <= ways.Length ? ways[ways.Length + fromEnd] : new GatedWay(-1, -1, true, 0, double.PositiveInfinity, 0, 0))
            // A dropped request is as good as one that cannot end in time.
            : new(-1, -1, false, 1, model.Table.Plans[plan].Kind == PlanKind.Drop ? double.PositiveInfinity : cost.DeviceSeconds, cost.Accuracy, 0);
        return field switch { 0 => way.DeviceSeconds, 1 => way.Accuracy, 2 => way.HeldAccuracy, _ => way.Share };
    }

    public FallbackBranch Branch(int plan, int b) => b < Branches(plan).Count ? Branches(plan)[b] : FallbackBranch.None;

    /// <summary>Without those that a quicker one equals: of these the last that fits is the most accurate.</summary>
    public List<FallbackBranch> Branches(int plan)
    {
        var taken = new List<FallbackBranch>();
        foreach (var branch in model.Table.Branches(plan))
            if (taken.Count == 0 || branch.Accuracy > taken[^1].Accuracy)
                taken.Add(branch);
        return taken;
    }
}
