using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// LMOS' epsilon-constraint method on measured numbers: f1 is the profiled latency at the observed rate, f2 the true memory of the head (weights and peak activation),
/// capped at 0.1 M. The cuts are those of its authors' code: inner ones of the deepest exit, so it never keeps and never sends everything.
/// </summary>
public sealed class LmosPlanner : IConstrainedPolicy
{
    private readonly SplitChain _chain;
    private readonly double[] _latency, _memory, _allowed;
    private readonly EpsilonConstraint _method;
    private readonly Retreat _retreat;
    private int _violations;

    /// <param name="memoryShare">0.1 M as a share of the memory of the whole model, 0.2 to 0.8 for a cap that neither forbids nor allows everything.</param>
    /// <param name="bits">Width of the numbers sent; the published system sends 32.</param>
    public LmosPlanner(CostModel model, double memoryShare = 0.5, int bits = 32, string name = "lmos")
    {
        if (!(memoryShare is >= 0.2 and <= 0.8))
            throw new InputException("lmos", "memory_share", $"is {memoryShare}, allowed is 0.2 to 0.8");
        Name = name;
        _chain = new SplitChain(model.Table, bits);
        MemoryCapBytes = memoryShare * _chain.WholeMemoryBytes;
        _memory = [.. _chain.Inner.Select(p => model.Table[p].MemoryBytes)];
        (_latency, _allowed) = (new double[_memory.Length], new double[_memory.Length]);
        _method = new EpsilonConstraint(_memory.Length);
        _retreat = new Retreat(model.Table);
    }

    public string Name { get; }

    /// <summary>0.1 M.</summary>
    public double MemoryCapBytes { get; }

    /// <summary>M, the memory that the edge device is taken to have.</summary>
    public double DeviceMemoryBytes => MemoryCapBytes / 0.1;

    /// <summary>Decisions where no head was below the cap, so that the smallest was taken.</summary>
    public IReadOnlyDictionary<string, int> Violations => new Dictionary<string, int> { ["memory_cap"] = _violations };

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var smallest = -1;
        for (var i = 0; i < _memory.Length; i++)
        {
            var plan = _chain.Inner[i];
            _latency[i] = _chain.Latency(plan, observation);
            _allowed[i] = mask[plan] ? _memory[i] : double.PositiveInfinity;
            if (mask[plan] && (smallest < 0 || _memory[i] < _memory[smallest]))
                smallest = i;
        }
        if (smallest < 0)
            return _retreat.From(mask);
        var split = _method.Choose(_latency, _allowed, MemoryCapBytes);
        if (split < 0)
            (split, _violations) = (smallest, _violations + 1);
        return _chain.Inner[split];
    }
}
