using System.Numerics;

namespace RlOffload.Agents.Sac;

/// <summary>Validity of actions as bits, 64 a word: how the replay keeps the masks of s and s'.</summary>
internal static class ActionMask
{
    private static readonly Vector<uint> Lanes = new([.. Enumerable.Range(0, Vector<uint>.Count).Select(lane => 1u << lane)]);

    public static int Words(int actions) => (actions + 63) / 64;

    public static void Pack(ReadOnlySpan<bool> mask, Span<ulong> words)
    {
        words.Clear();
        for (var a = 0; a < mask.Length; a++)
            if (mask[a])
                words[a >> 6] |= 1UL << (a & 63);
    }

    public static int Count(ReadOnlySpan<ulong> words)
    {
        var count = 0;
        foreach (var word in words)
            count += BitOperations.PopCount(word);
        return count;
    }

    /// <summary>0 where valid, <see cref="MaskedSoftmax.Forbidden"/> elsewhere; <paramref name="row"/> is a padded row.</summary>
    public static void Expand(ReadOnlySpan<ulong> words, Span<float> row)
    {
        var forbidden = new Vector<float>(MaskedSoftmax.Forbidden);
        for (var j = 0; j < row.Length; j += Vector<float>.Count)
        {
            var bits = new Vector<uint>((uint)(words[j >> 6] >> (j & 63))) & Lanes;
            var absent = Vector.AsVectorSingle(Vector.Equals(bits, Vector<uint>.Zero));
            Vector.BitwiseAnd(absent, forbidden).CopyTo(row[j..]);
        }
    }
}
