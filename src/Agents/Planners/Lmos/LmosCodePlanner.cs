using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// LMOS exactly as its authors' code computes it, on the synthetic memory model: L is the number of cuts of the deepest exit, x1 the place of the cut among them,
/// B the observed rate in Mbit/s. Like the code it never keeps and never sends everything.
/// </summary>
public sealed class LmosCodePlanner : IConstrainedPolicy
{
    private readonly LmosCodeModel _code;
    private readonly int[] _plans;
    private readonly double[] _latency, _memory, _allowed;
    private readonly EpsilonConstraint _method;
    private readonly Retreat _retreat;
    private int _violations;

    /// <param name="bits">Width of the numbers sent; the published system sends 32.</param>
    /// <param name="settings">Its number of layers is replaced by the profile's.</param>
    public LmosCodePlanner(CostModel model, int bits = 32, LmosCodeModel? settings = null, string name = "lmos-code")
    {
        Name = name;
        _plans = new SplitChain(model.Table, bits).Inner;
        _code = (settings ?? new LmosCodeModel()) with { Layers = _plans.Length + 1 };
        _memory = [.. Enumerable.Range(1, _plans.Length).Select(_code.Memory)];
        (_latency, _allowed) = (new double[_plans.Length], new double[_plans.Length]);
        _method = new EpsilonConstraint(_plans.Length);
        _retreat = new Retreat(model.Table);
    }

    public string Name { get; }

    /// <summary>Decisions where no synthetic memory was below the cap, so that the smallest head was taken.</summary>
    public IReadOnlyDictionary<string, int> Violations => new Dictionary<string, int> { ["memory_cap"] = _violations };

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var smallest = -1;
        for (var i = 0; i < _plans.Length; i++)
        {
            var allowed = mask[_plans[i]];
            _latency[i] = _code.Latency(i + 1, observation.Rate / 1e6);
            _allowed[i] = allowed ? _memory[i] : double.PositiveInfinity;
            if (allowed && smallest < 0)
                smallest = i;
        }
        if (smallest < 0)
            return _retreat.From(mask);
        var split = _method.Choose(_latency, _allowed, _code.CapMb);
        if (split < 0)
            (split, _violations) = (smallest, _violations + 1);
        return _plans[split];
    }
}
