using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// What LMOS chooses from, as its authors' code has it but on measured numbers: the inner cuts of the deepest exit, so it never keeps and never sends everything.
/// f1 is the profiled latency at the observed rate, f2 the true memory of the head (weights and peak activation), capped at 0.1 M.
/// </summary>
internal sealed class LmosSplits
{
    private readonly SplitChain _chain;
    private readonly double[] _latency, _memory, _allowed;
    private int _smallest, _violations;

    /// <param name="memoryShare">0.1 M as a share of the memory of the whole model, 0.2 to 0.8 for a cap that neither forbids nor allows everything.</param>
    /// <param name="bits">Width of the numbers sent; the published system sends 32.</param>
    public LmosSplits(CostModel model, double memoryShare, int bits)
    {
        if (!(memoryShare is >= 0.2 and <= 0.8))
            throw new InputException("lmos", "memory_share", $"is {memoryShare}, allowed is 0.2 to 0.8");
        _chain = new SplitChain(model.Table, bits);
        MemoryCapBytes = memoryShare * _chain.WholeMemoryBytes;
        _memory = [.. _chain.Inner.Select(p => model.Table[p].MemoryBytes)];
        (_latency, _allowed) = (new double[_memory.Length], new double[_memory.Length]);
    }

    /// <summary>0.1 M.</summary>
    public double MemoryCapBytes { get; }

    public int Count => _memory.Length;

    /// <summary>f1 by split, s.</summary>
    public ReadOnlySpan<double> Latency => _latency;

    /// <summary>f2 by split, bytes; infinite where the mask forbids the split.</summary>
    public ReadOnlySpan<double> Memory => _allowed;

    /// <summary>Decisions where no head was below the cap, so that the smallest was taken.</summary>
    public IReadOnlyDictionary<string, int> Violations => new Dictionary<string, int> { ["memory_cap"] = _violations };

    public int Plan(int split) => _chain.Inner[split];

    /// <summary>The plan of a chosen split; where none was found below the cap, -1, that of the smallest head, which is a violation.</summary>
    public int PlanOrSmallest(int split)
    {
        if (split < 0)
            (split, _violations) = (_smallest, _violations + 1);
        return Plan(split);
    }

    /// <summary>Works out both objectives of this request.</summary>
    /// <returns>Whether any split is allowed.</returns>
    public bool Observe(Observation observation, ReadOnlySpan<bool> mask)
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
        _smallest = smallest;
        return smallest >= 0;
    }
}
