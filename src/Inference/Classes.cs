namespace RlOffload.Inference;

/// <summary>What a classifier's output says.</summary>
public static class Classes
{
    /// <summary>Index of the largest number, the first of equals; -1 of none.</summary>
    public static int Best(ReadOnlySpan<float> scores)
    {
        var best = scores.IsEmpty ? -1 : 0;
        for (var i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best])
                best = i;
        return best;
    }
}
