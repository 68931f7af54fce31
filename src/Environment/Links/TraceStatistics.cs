namespace RlOffload.Environment.Links;

/// <summary>What a trace offers, each rate weighed by the time that it holds. Rates in Mbit/s.</summary>
/// <param name="ZeroShare">Share of the time in which nothing can be sent.</param>
public readonly record struct TraceStatistics(double Seconds, double Mean, double P5, double P50, double P95, double ZeroShare)
{
    public static TraceStatistics Of(LinkTrace trace)
    {
        var rates = new double[trace.Segments];
        var widths = new double[trace.Segments];
        var zero = 0.0;
        for (var i = 0; i < rates.Length; i++)
        {
            rates[i] = trace.RateOf(i) / 1e6;
            widths[i] = trace.StartOf(i + 1) - trace.StartOf(i);
            if (rates[i] == 0)
                zero += widths[i];
        }
        Array.Sort(rates, widths);
        return new(trace.DurationSeconds, trace.MeanBitsPerSecond / 1e6, Quantile(0.05), Quantile(0.5), Quantile(0.95), zero / trace.DurationSeconds);

        double Quantile(double p)
        {
            var sum = 0.0;
            for (var i = 0; i < rates.Length; i++)
                if ((sum += widths[i]) >= p * trace.DurationSeconds)
                    return rates[i];
            return rates[^1];
        }
    }

    /// <summary>
    /// Mean rate in bit/s of each whole bin of <paramref name="seconds"/> s. Thousandths are kept, so that what rounding of times leaves in a bin
    /// over which nothing is sent is 0.
    /// </summary>
    public static double[] Bins(LinkTrace trace, double seconds)
    {
        var bins = new double[(int)Math.Floor(trace.DurationSeconds / seconds + 1e-9)];
        for (var i = 0; i < bins.Length; i++)
            bins[i] = Math.Max(0, Math.Round(trace.BitsBetween(i * seconds, Math.Min((i + 1) * seconds, trace.DurationSeconds)) / seconds, 3));
        return bins;
    }

    /// <summary>Median time in s between changes of the rate that a trace can show: the resolution of its data.</summary>
    public static double Spacing(LinkTrace trace)
    {
        var widths = new double[trace.Segments];
        for (var i = 0; i < widths.Length; i++)
            widths[i] = trace.StartOf(i + 1) - trace.StartOf(i);
        Array.Sort(widths);
        return widths[widths.Length / 2];
    }
}
