using RlOffload.Agents.Engine.Kernels;

namespace RlOffload.Agents.Engine;

/// <summary>Looks at every value of a run as soon as it is there, before its memory goes on to another.</summary>
internal sealed class FiniteCheck
{
    private readonly Schedule _schedule;
    private readonly Tensor[] _given;
    private readonly Tensor[] _computed;

    public FiniteCheck(Graph graph, Schedule schedule)
    {
        _schedule = schedule;
        _computed = [.. schedule.Steps];
        _given = [.. graph.Nodes.Where(n => n.Storage is not null)];
    }

    /// <param name="kernels">Those of the schedule's steps, and behind them what copies late updates.</param>
    public void Run(Kernel[] kernels)
    {
        foreach (var leaf in _given)
            Require(leaf, leaf.Storage!.Value);
        for (var k = 0; k < kernels.Length; k++)
        {
            kernels[k].Run(0, kernels[k].Parts, 0);
            if (k >= _computed.Length)
                continue;
            // The step of a parameter computes its moments, too.
            if (_computed[k] is { Op: Op.AdamStep } step)
                foreach (var moment in step.Inputs.Skip(1).Take(2))
                    Require(moment, _schedule.At(moment));
            Require(_computed[k], _schedule.At(_computed[k]));
        }
    }

    private static void Require(Tensor node, Learning.Matrix value)
    {
        for (var r = 0; r < node.Rows; r++)
            if (value.Row(r) is var row && FirstOff(row) is >= 0 and var c)
                throw new NotFiniteNumberException(
                    FormattableString.Invariant($"{node} is {row[c]} at [{r}, {c}]{(node.Inputs.Count == 0 ? "" : $", computed from {string.Join(" and ", node.Inputs)}")}"), row[c]);
    }

    private static int FirstOff(ReadOnlySpan<float> row)
    {
        for (var c = 0; c < row.Length; c++)
            if (!float.IsFinite(row[c]))
                return c;
        return -1;
    }
}
