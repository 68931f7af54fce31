using System.Runtime.InteropServices;

namespace RlOffload.Training.Distillation;

/// <summary>States that were visited, and what the teacher thinks of each plan there.</summary>
/// <param name="inputs">Length of an observation.</param>
/// <param name="first">Entry that holds the first plan's expected reward; the others' follow.</param>
public sealed class Visits(int inputs, int plans, int first)
{
    private readonly List<float> _observations = [], _advantages = [];

    public int Inputs => inputs;
    public int Plans => plans;
    public int Count => _advantages.Count / plans;

    /// <param name="values">The teacher's of each plan; a plan that the mask forbids counts as the worst of the allowed ones.</param>
    public void Add(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> values)
    {
        var (best, worst) = (float.NegativeInfinity, float.PositiveInfinity);
        for (var p = 0; p < plans; p++)
            if (mask[p])
                (best, worst) = (Math.Max(best, values[p]), Math.Min(worst, values[p]));
        foreach (var x in observation)
            _observations.Add(x);
        for (var p = 0; p < plans; p++)
            _advantages.Add((mask[p] ? values[p] : worst) - best);
    }

    public float Entry(int state, int entry) => _observations[state * inputs + entry];

    public ReadOnlySpan<float> Observation(int state) => CollectionsMarshal.AsSpan(_observations).Slice(state * inputs, inputs);

    /// <summary>Value of each plan less that of the best: 0 or less.</summary>
    public ReadOnlySpan<float> Advantages(int state) => CollectionsMarshal.AsSpan(_advantages).Slice(state * plans, plans);

    public ReadOnlySpan<float> Expected(int state) => Observation(state).Slice(first, plans);

    /// <summary>
    /// What of the advantages is left beyond <paramref name="scale"/> times the expected rewards, state by state: [count, plans], centred at 0 over each
    /// state's plans. At scale 0 it is the advantages themselves, not centred.
    /// </summary>
    public float[] Targets(double scale)
    {
        var targets = new float[Count * plans];
        for (var i = 0; i < Count; i++)
        {
            var row = targets.AsSpan(i * plans, plans);
            var advantages = Advantages(i);
            var expected = Expected(i);
            var mean = 0.0;
            for (var p = 0; p < plans; p++)
                mean += row[p] = (float)(advantages[p] - scale * expected[p]);
            for (var p = 0; scale != 0 && p < plans; p++)
                row[p] -= (float)(mean / plans);
        }
        return targets;
    }

    /// <summary>The scale of expected rewards that explains advantages best: least squares over all states, each centred; never below 0.</summary>
    public double Scale()
    {
        var (xy, xx) = (0.0, 0.0);
        for (var i = 0; i < Count; i++)
        {
            var advantages = Advantages(i);
            var expected = Expected(i);
            var (sx, sy, sxy, sxx) = (0.0, 0.0, 0.0, 0.0);
            for (var p = 0; p < plans; p++)
                (sx, sy, sxy, sxx) = (sx + expected[p], sy + advantages[p], sxy + (double)expected[p] * advantages[p], sxx + (double)expected[p] * expected[p]);
            (xy, xx) = (xy + sxy - sx * sy / plans, xx + sxx - sx * sx / plans);
        }
        return xx > 0 ? Math.Max(0, xy / xx) : 0;
    }
}
