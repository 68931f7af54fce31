namespace RlOffload.Environment.Links;

/// <summary>What a link model may be; a file is refused with every reason at once.</summary>
internal static class LinkModelCheck
{
    private const int MostComponents = 8;

    /// <summary>Nothing that a rate was measured over is shorter or longer, s.</summary>
    private const double ShortestBin = 0.001, LongestBin = 3600;

    /// <summary>Every contradiction, as "key: what is wrong, what is allowed".</summary>
    public static IEnumerable<string> Problems(LinkModelFile m)
    {
        if (m.Format != LinkModelFile.CurrentFormat)
            yield return $"format: is {m.Format}, allowed is {LinkModelFile.CurrentFormat}";
        foreach (var (key, text) in new[] { ("name", m.Name), ("source", m.Source), ("licence", m.Licence) })
            if (string.IsNullOrWhiteSpace(text))
                yield return $"{key}: is empty, a link model says what it was fitted to";
        if (m.Direction is not ("uplink" or "downlink"))
            yield return $"direction: is '{m.Direction}', allowed is uplink or downlink";
        if (!(m.BinSeconds >= ShortestBin && m.BinSeconds <= LongestBin))
            yield return $"bin_seconds: is {m.BinSeconds}, allowed is {ShortestBin} to {LongestBin}";
        foreach (var problem in Quantiles(m.Quantiles).Concat(Process(m.Process)).Concat(Rtt(m.Rtt)))
            yield return problem;
    }

    private static IEnumerable<string> Quantiles(RateQuantiles? q)
    {
        if (q?.Probability is not { } p || q.BitsPerSecond is not { } r)
        {
            yield return "quantiles: probability and bits_per_second are needed";
            yield break;
        }
        if (p.Count < 2 || p.Count != r.Count)
        {
            yield return $"quantiles: has {p.Count} probabilities and {r.Count} rates, allowed is two or more of each, as many of one as of the other";
            yield break;
        }
        if (p[0] != 0 || p[^1] != 1)
            yield return $"quantiles.probability: runs from {p[0]} to {p[^1]}, allowed is from 0 to 1";
        for (var i = 0; i < p.Count; i++)
        {
            if (i > 0 && !(p[i] > p[i - 1]))
                yield return $"quantiles.probability[{i}]: is {p[i]} after {p[i - 1]}, allowed is a larger one";
            if (!(r[i] >= 0) || !double.IsFinite(r[i]))
                yield return $"quantiles.bits_per_second[{i}]: is {r[i]}, allowed is a finite rate of 0 or more";
            else if (i > 0 && r[i] < r[i - 1])
                yield return $"quantiles.bits_per_second[{i}]: is {r[i]} after {r[i - 1]}, allowed is the same or a larger one";
        }
        if (!(r[^1] > 0))
            yield return $"quantiles.bits_per_second[{r.Count - 1}]: is {r[^1]}, allowed is above 0 (nothing could ever be sent)";
    }

    private static IEnumerable<string> Process(ScoreProcess? process)
    {
        if (process?.Components is not { } components || components.Any(c => c is null))
        {
            yield return "process: level_share, components (each with share and seconds) and noise_share are needed";
            yield break;
        }
        if (components.Count > MostComponents)
            yield return $"process.components: has {components.Count}, allowed is at most {MostComponents}";
        for (var i = 0; i < components.Count; i++)
            if (!(components[i].Seconds > 0) || !double.IsFinite(components[i].Seconds))
                yield return $"process.components[{i}].seconds: is {components[i].Seconds}, allowed is above 0";
        double[] shares = [process.LevelShare, process.NoiseShare, .. components.Select(c => c.Share)];
        if (shares.Any(s => !(s >= 0 && s <= 1)) || Math.Abs(shares.Sum() - 1) > 1e-6)
            yield return $"process: the shares are {string.Join(", ", shares)}, allowed is each 0 to 1 and a sum of 1";
        else if (process.LevelShare == 1)
            yield return "process.level_share: is 1, allowed is under 1 (each trace would be constant, and where the level is an outage nothing could be sent)";
    }

    private static IEnumerable<string> Rtt(FittedRtt? rtt)
    {
        if (rtt is null)
            yield break;
        if (!(rtt.ShiftMs >= 0) || !double.IsFinite(rtt.ShiftMs))
            yield return $"rtt.shift_ms: is {rtt.ShiftMs}, allowed is a finite number of 0 or more";
        if (!double.IsFinite(rtt.Mu) || rtt.Mu > 20)
            yield return $"rtt.mu: is {rtt.Mu}, allowed is a finite number of 20 or less";
        if (!(rtt.Sigma >= 0 && rtt.Sigma <= 5))
            yield return $"rtt.sigma: is {rtt.Sigma}, allowed is 0 to 5";
    }
}
