using System.Numerics;
using System.Runtime.CompilerServices;
using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Sac;

/// <summary>A categorical policy over the valid actions of each state.</summary>
public static class MaskedSoftmax
{
    /// <summary>
    /// Added to the logit of an invalid action. Finite, so that 0 log 0 is 0 and not NaN; far below any logit, so that its probability
    /// is exactly 0; and -1e9 plus any logit of ordinary size is -1e9 again in float32, here and in the exported graph.
    /// </summary>
    public const float Forbidden = -1e9f;

    /// <summary>
    /// pi = softmax(logits + prior + forbidden), log pi and H = - sum pi log pi of each row. Padding and invalid actions get pi = 0;
    /// their log pi is a large negative number. All matrices are [B, A]; <paramref name="entropy"/> has B numbers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(
        in Matrix logits, in Matrix? prior, in Matrix forbidden, in Matrix policy, in Matrix logPolicy, Span<float> entropy)
    {
        Span<float> lanes = stackalloc float[Matrix.Padding];
        for (var b = 0; b < logits.Rows; b++)
        {
            ReadOnlySpan<float> z = logits.PaddedRow(b), closed = forbidden.PaddedRow(b);
            var p = prior is { } matrix ? matrix.PaddedRow(b) : default;
            Span<float> pi = policy.PaddedRow(b), logPi = logPolicy.PaddedRow(b);

            var highest = new Vector<float>(float.NegativeInfinity);
            for (var j = 0; j < z.Length; j += Vector<float>.Count)
            {
                var x = new Vector<float>(z[j..]);
                if (!p.IsEmpty)
                    x += new Vector<float>(p[j..]);
                x += new Vector<float>(closed[j..]);
                x.CopyTo(logPi[j..]);
                highest = Vector.Max(highest, x);
            }

            var top = new Vector<float>(Largest(highest));
            var total = new LaneSum(lanes);
            for (var j = 0; j < z.Length; j += Vector<float>.Count)
            {
                var shifted = new Vector<float>(logPi[j..]) - top;
                var e = Vector.Exp(shifted);
                shifted.CopyTo(logPi[j..]);
                e.CopyTo(pi[j..]);
                total.Add(j, e);
            }

            var sum = total.Total();
            var (share, logSum) = (new Vector<float>(1f / sum), new Vector<float>(MathF.Log(sum)));
            var negative = new LaneSum(lanes);
            for (var j = 0; j < z.Length; j += Vector<float>.Count)
            {
                var probability = new Vector<float>(pi[j..]) * share;
                var log = new Vector<float>(logPi[j..]) - logSum;
                probability.CopyTo(pi[j..]);
                log.CopyTo(logPi[j..]);
                negative.Add(j, probability * log);
            }
            entropy[b] = -negative.Total();
        }
    }

    private static float Largest(Vector<float> values)
    {
        var largest = values[0];
        for (var lane = 1; lane < Vector<float>.Count; lane++)
            largest = MathF.Max(largest, values[lane]);
        return largest;
    }
}
