using System.Numerics;
using System.Runtime.CompilerServices;

namespace RlOffload.Agents.Learning;

/// <summary>Exponential averaging of parameters (Polyak and Juditsky 1992; soft target updates of Lillicrap et al. 2016).</summary>
public static class Polyak
{
    /// <summary>target += tau (source - target)</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Blend(Span<float> target, ReadOnlySpan<float> source, double tau)
    {
        var step = new Vector<float>((float)tau);
        for (var i = 0; i < target.Length; i += Vector<float>.Count)
        {
            var old = new Vector<float>(target[i..]);
            (old + step * (new Vector<float>(source[i..]) - old)).CopyTo(target[i..]);
        }
    }
}
