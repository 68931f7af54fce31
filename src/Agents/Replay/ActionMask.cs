using System.Numerics;
using RlOffload.Agents.Engine;

namespace RlOffload.Agents.Replay;

/// <summary>Validity of actions as bits, 64 a word: how the replay keeps the masks of s and s'.</summary>
public static class ActionMask
{
    /// <summary>
    /// Added to the logit of an invalid action. Finite, so that 0 log 0 is 0 and not NaN; far below any logit, so that its probability
    /// is exactly 0; and -1e9 plus any logit of ordinary size is -1e9 again in float32, here and in the exported graph.
    /// </summary>
    public const float Forbidden = -1e9f;

    private static readonly Vector<uint> Lanes = new([.. Enumerable.Range(0, Vector<uint>.Count).Select(lane => 1u << lane)]);

    /// <summary>Logits of valid actions as they are, of the others exactly <see cref="Forbidden"/>.</summary>
    /// <param name="mask">1 valid, 0 not; the shape of the logits.</param>
    internal static Tensor Lower(Tensor mask, Tensor logits) => mask * logits + Forbidden * (1 - mask);

    internal static int Words(int actions) => (actions + 63) / 64;

    internal static void Pack(ReadOnlySpan<bool> mask, Span<ulong> words)
    {
        words.Clear();
        for (var a = 0; a < mask.Length; a++)
            if (mask[a])
                words[a >> 6] |= 1UL << (a & 63);
    }

    internal static int Count(ReadOnlySpan<ulong> words)
    {
        var count = 0;
        foreach (var word in words)
            count += BitOperations.PopCount(word);
        return count;
    }

    /// <summary>0 where valid, <see cref="ActionMask.Forbidden"/> elsewhere; <paramref name="row"/> is a padded row.</summary>
    internal static void Expand(ReadOnlySpan<ulong> words, Span<float> row)
    {
        var forbidden = new Vector<float>(ActionMask.Forbidden);
        for (var j = 0; j < row.Length; j += Vector<float>.Count)
        {
            var bits = new Vector<uint>((uint)(words[j >> 6] >> (j & 63))) & Lanes;
            var absent = Vector.AsVectorSingle(Vector.Equals(bits, Vector<uint>.Zero));
            Vector.BitwiseAnd(absent, forbidden).CopyTo(row[j..]);
        }
    }
}
