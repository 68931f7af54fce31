namespace RlOffload.Training.Config;

/// <summary>What a misspelt key was probably meant to be.</summary>
internal static class NearestKey
{
    /// <summary>No key is half as long, and comparing takes time with the length.</summary>
    private const int Longest = 100;

    /// <summary>
    /// The known key with the fewest edits (Levenshtein), if they are few enough to be a slip; two keys that differ only in what follows the last '_',
    /// their unit, count as one edit apart. Null if none is near.
    /// </summary>
    public static string? Of(string key, IEnumerable<string> known)
    {
        if (key.Length > Longest)
            return null;
        var best = known.Select(k => (Key: k, Edits: Edits(key, k))).OrderBy(k => k.Edits).ThenBy(k => k.Key, StringComparer.Ordinal).FirstOrDefault();
        return best.Key is not null && best.Edits <= Math.Max(2, key.Length / 3) ? best.Key : null;
    }

    private static int Edits(string a, string b)
    {
        if (Stem(a) is { } stem && stem == Stem(b))
            return 1;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }

    private static string? Stem(string key) => key.LastIndexOf('_') is > 0 and var at ? key[..at] : null;
}
