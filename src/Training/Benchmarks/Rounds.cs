namespace RlOffload.Training.Benchmarks;

/// <summary>Middle and spread of what the rounds of a measurement gave.</summary>
/// <param name="Low">First quartile.</param>
/// <param name="High">Third quartile.</param>
public readonly record struct Spread(double Median, double Low, double High)
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new(sorted[sorted.Length / 2], sorted[sorted.Length / 4], sorted[sorted.Length * 3 / 4]);
    }
}

/// <summary>
/// Interleaved timing in process CPU time: every round runs each contestant once, so that a slow spell of the machine hits all of them, and what other
/// processes take is not counted.
/// </summary>
public static class Rounds
{
    /// <summary>CPU milliseconds a call of each contestant; a round repeats a call for about <paramref name="milliseconds"/>.</summary>
    public static Spread[] Measure(int rounds, double milliseconds, params Action[] contestants)
    {
        var repeats = new int[contestants.Length];
        for (var c = 0; c < contestants.Length; c++)
        {
            contestants[c]();
            repeats[c] = 1;
            while (Once(contestants[c], repeats[c]) * repeats[c] < milliseconds)
                repeats[c] *= 2;
        }
        var times = contestants.Select(_ => new double[rounds]).ToArray();
        for (var round = -1; round < rounds; round++) // the first is for the compiler
            for (var c = 0; c < contestants.Length; c++)
                times[c][Math.Max(0, round)] = Once(contestants[c], repeats[c]);
        return [.. times.Select(t => Spread.Of(t))];
    }

    /// <summary>The same, medians only.</summary>
    public static double[] Median(int rounds, double milliseconds, params Action[] contestants) => [.. Measure(rounds, milliseconds, contestants).Select(s => s.Median)];

    private static double Once(Action call, int repeats)
    {
        var start = System.Environment.CpuUsage.TotalTime;
        for (var i = 0; i < repeats; i++)
            call();
        return (System.Environment.CpuUsage.TotalTime - start).TotalMilliseconds / repeats;
    }
}
