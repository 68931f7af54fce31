namespace RlOffload.Agents.Replay;

/// <summary>Choices from logits among the valid actions. Nothing here allocates.</summary>
internal static class Categorical
{
    /// <summary>The valid action of the highest logit, the first of equals.</summary>
    /// <exception cref="ArgumentException">No action is valid.</exception>
    public static int Best(ReadOnlySpan<float> logits, ReadOnlySpan<bool> mask)
    {
        var best = mask.IndexOf(true);
        if (best < 0)
            throw new ArgumentException("no action is valid", nameof(mask));
        var highest = logits[best];
        logits = logits[..mask.Length];
        for (var a = best + 1; a < logits.Length; a++)
            if (logits[a] > highest && mask[a])
                (best, highest) = (a, logits[a]);
        return best;
    }

    /// <summary>The action at which the cumulative probability of softmax(logits) passes <paramref name="u"/>, 0 to 1.</summary>
    /// <exception cref="ArgumentException">No action is valid.</exception>
    public static int Draw(ReadOnlySpan<float> logits, ReadOnlySpan<bool> mask, double u)
    {
        var highest = logits[Best(logits, mask)];
        var total = 0.0;
        for (var a = 0; a < mask.Length; a++)
            total += mask[a] ? MathF.Exp(logits[a] - highest) : 0;
        var (left, last) = (u * total, -1);
        for (var a = 0; a < mask.Length; a++)
        {
            if (!mask[a])
                continue;
            last = a;
            left -= MathF.Exp(logits[a] - highest);
            if (left < 0)
                break;
        }
        return last;
    }
}
