using RlOffload.Environment;

namespace RlOffload.Training.Benchmarks.Chaos;

/// <summary>Every plan that is allowed but <c>drop</c> with the same probability: all exits, splits and bits come up.</summary>
internal sealed class AnyPlan(Rng rng, int drop) : IPolicy
{
    private Rng _rng = rng;

    public string Name => "any plan";

    public void Begin(int window)
    {
    }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var chosen = drop;
        for (var (p, seen) = (0, 0); p < mask.Length; p++)
            if (mask[p] && p != drop && _rng.NextInt(++seen) == 0)
                chosen = p;
        return chosen;
    }
}
