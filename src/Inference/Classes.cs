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

    /// <summary>How sure the scores are: the largest value of their softmax, and its entropy in nats.</summary>
    public static (double Confidence, double Entropy) Certainty(ReadOnlySpan<float> scores)
    {
        if (scores.IsEmpty)
            return (0, 0);
        var top = scores[Best(scores)];
        double sum = 0, weighted = 0;
        foreach (var score in scores)
        {
            var e = Math.Exp(score - top);
            (sum, weighted) = (sum + e, weighted + e * (score - top));
        }
        return (1 / sum, Math.Log(sum) - weighted / sum);
    }
}
