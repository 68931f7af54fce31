using RlOffload.Environment;

namespace RlOffload.Agents.Planners;

/// <summary>When the next requests are expected, in s from the present one on.</summary>
internal static class ArrivalForecast
{
    /// <summary>Evenly, at the mean of the fast and the slow observed intensity times <paramref name="crowding"/>; within a factor of 20 of the scenario's mean gap.</summary>
    /// <param name="arrivals">The first entry is the present request.</param>
    public static void Expect(Span<double> arrivals, Observation o, Scenario scenario, double crowding)
    {
        var mean = scenario.Arrivals.MeanGap;
        var gap = Math.Clamp(2 / (crowding * (o.FastIntensity + o.SlowIntensity)), mean / 20, mean * 20);
        for (var i = 0; i < arrivals.Length; i++)
            arrivals[i] = i * gap;
    }
}
