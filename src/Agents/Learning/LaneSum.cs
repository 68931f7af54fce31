using System.Numerics;
using System.Runtime.CompilerServices;

namespace RlOffload.Agents.Learning;

/// <summary>
/// The sum of a padded row in an order that does not depend on the machine's vectors: 16 partial sums, by column modulo 16, then halved.
/// With it a training gives the same bits with 4, 8 or 16 lanes.
/// </summary>
public readonly ref struct LaneSum
{
    private readonly Span<float> _lanes;

    /// <param name="lanes">memory of <see cref="Matrix.Padding"/> floats; it is cleared.</param>
    public LaneSum(Span<float> lanes)
    {
        _lanes = lanes;
        lanes.Clear();
    }

    /// <summary>Adds the columns from <paramref name="column"/> on, a multiple of the vector's length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int column, Vector<float> values)
    {
        var lanes = _lanes[(column % Matrix.Padding)..];
        (new Vector<float>(lanes) + values).CopyTo(lanes);
    }

    public float Total()
    {
        for (var half = Matrix.Padding / 2; half > 0; half /= 2)
            for (var lane = 0; lane < half; lane++)
                _lanes[lane] += _lanes[lane + half];
        return _lanes[0];
    }
}
