namespace RlOffload.Environment.Plans;

/// <summary>
/// Where the plans of a part table lie in a whole table. The environment charges by the whole table, so that every planner finds its plans
/// in it; a learner chooses among the part (such as <see cref="PlanTable.Pruned"/>).
/// </summary>
public sealed class PlanMap
{
    private readonly int[] _whole;
    private readonly int[] _part;

    /// <exception cref="ArgumentException">A plan of the part is not in the whole.</exception>
    public PlanMap(PlanTable part, PlanTable whole)
    {
        _whole = part.Plans.Select(whole.IndexOf).ToArray();
        if (Array.IndexOf(_whole, -1) is >= 0 and var missing)
            throw new ArgumentException($"plan {part[missing]} is not in the whole table", nameof(part));
        _part = new int[whole.Count];
        Array.Fill(_part, -1);
        for (var p = 0; p < _whole.Length; p++)
            _part[_whole[p]] = p;
    }

    /// <summary>Index in the whole table of each plan of the part.</summary>
    public IReadOnlyList<int> Whole => _whole;

    public int Count => _whole.Length;

    public int ToWhole(int part) => _whole[part];

    /// <summary>Index in the part of a plan of the whole, or -1.</summary>
    public int ToPart(int whole) => _part[whole];

    /// <summary>The mask of the whole table as one of the part.</summary>
    /// <param name="part">Length <see cref="Count"/>.</param>
    public void Project(ReadOnlySpan<bool> whole, Span<bool> part)
    {
        for (var p = 0; p < _whole.Length; p++)
            part[p] = whole[_whole[p]];
    }
}
