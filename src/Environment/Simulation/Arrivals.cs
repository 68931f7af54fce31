namespace RlOffload.Environment.Simulation;

/// <summary>Arrival times of a window's requests, s since it began; the first request comes after a first gap.</summary>
public static class Arrivals
{
    public static void Draw(ArrivalSpec spec, ulong seed, ulong window, Span<double> times)
    {
        var rng = Rng.Keyed(seed, window, 0, RngPurpose.Arrival);
        switch (spec.Kind)
        {
            case ArrivalKind.Periodic:
                for (var i = 0; i < times.Length; i++)
                    times[i] = (i + 1) * spec.MeanGap;
                break;
            case ArrivalKind.Poisson:
                var t = 0.0;
                for (var i = 0; i < times.Length; i++)
                    times[i] = t += rng.NextExponential() * spec.MeanGap;
                break;
            case ArrivalKind.Bursty:
                Bursty(spec, ref rng, times);
                break;
            default:
                Recorded(spec, ref rng, times);
                break;
        }
    }

    /// <summary>Two-state MMPP: leaves a burst after BurstRequests on average; the calm dwell makes the overall rate 1 / MeanGap.</summary>
    private static void Bursty(ArrivalSpec spec, ref Rng rng, Span<double> times)
    {
        double high = spec.BurstFactor / spec.MeanGap, low = spec.CalmFactor / spec.MeanGap;
        var share = (1 - spec.CalmFactor) / (spec.BurstFactor - spec.CalmFactor); // of time in bursts
        var burstDwell = spec.BurstRequests / high;
        var calmDwell = burstDwell * (1 - share) / share;
        var inBurst = rng.NextDouble() < share;
        var change = rng.NextExponential() * (inBurst ? burstDwell : calmDwell);
        var t = 0.0;
        for (var i = 0; i < times.Length;)
        {
            var next = t + rng.NextExponential() / (inBurst ? high : low);
            if (next < change)
            {
                times[i++] = t = next;
                continue;
            }
            t = change;
            inBurst = !inBurst;
            change = t + rng.NextExponential() * (inBurst ? burstDwell : calmDwell);
        }
    }

    /// <summary>A piece of the recording from a random request on; the recording repeats with its own mean gap at the seam.</summary>
    private static void Recorded(ArrivalSpec spec, ref Rng rng, Span<double> times)
    {
        var recorded = spec.Recorded!;
        var seam = recorded.Count > 1 ? ArrivalFile.MeanGap(recorded) : spec.MeanGap;
        var at = rng.NextInt(recorded.Count);
        var t = rng.NextDouble() * seam;
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = t;
            var next = (at + 1) % recorded.Count;
            t += next == 0 ? seam : recorded[next] - recorded[at];
            at = next;
        }
    }
}
