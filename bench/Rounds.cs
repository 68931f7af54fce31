using System.Diagnostics;

namespace RlOffload.Bench;

/// <summary>Interleaved timing: every round runs each contestant once, so that a slow spell of the machine hits all of them.</summary>
internal static class Rounds
{
    /// <summary>Median CPU milliseconds a call of each contestant; a round repeats a call for about <paramref name="milliseconds"/>.</summary>
    public static double[] Median(int rounds, double milliseconds, params Action[] contestants)
    {
        var repeats = new int[contestants.Length];
        for (var c = 0; c < contestants.Length; c++)
        {
            contestants[c]();
            repeats[c] = 1;
            while (Measure(contestants[c], repeats[c]) * repeats[c] < milliseconds)
                repeats[c] *= 2;
        }
        var times = contestants.Select(_ => new double[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
            for (var c = 0; c < contestants.Length; c++)
                times[c][round] = Measure(contestants[c], repeats[c]);
        return [.. times.Select(Middle)];
    }

    private static double Measure(Action call, int repeats)
    {
        var start = Process.GetCurrentProcess().TotalProcessorTime;
        for (var i = 0; i < repeats; i++)
            call();
        return (Process.GetCurrentProcess().TotalProcessorTime - start).TotalMilliseconds / repeats;
    }

    private static double Middle(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
