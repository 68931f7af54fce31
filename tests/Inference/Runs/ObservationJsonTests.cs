using System.Text;
using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Runs;

namespace RlOffload.Tests.Inference.Runs;

public sealed class ObservationJsonTests
{
    private static readonly Scenario Scenario = new() { Uplink = new UplinkSpec(PriorBitsPerSecond: 3e6, PriorRtt: 0.05), Deadlines = new DeadlineSpec(Median: 0.25), Arrivals = new ArrivalSpec(ArrivalKind.Poisson, MeanGap: 0.1) };

    [Fact]
    public void WhatIsLeftOutIsAsOnAFreshDeviceAndARateThatIsToldIsKnownNow()
    {
        var fresh = Read("{}");
        Assert.Equal((0.25, 3e6, 3e6, Observation.MaxAge, 0.05, 1, 10), (fresh.Deadline, fresh.Rate, fresh.LastRate, fresh.RateAge, fresh.Rtt, fresh.ServerLoad, fresh.FastIntensity));
        var told = Read("""{"last_rate": 5e5, "rate": 1e6, "device_backlog": 0.2, "battery": 0}""");
        Assert.Equal((1e6, 5e5, 1e6, 0, 0.2, 0), (told.Rate, told.LastRate, told.PreviousRate, told.RateAge, told.DeviceBacklog, told.Battery));
        Assert.Equal([1e6, 1e6, 1e6], told.ModemRates);
    }

    [Fact]
    public void ALineOfALogGivesBackWhatWasSeen()
    {
        var seen = new Observation
        {
            Deadline = 0.3, Rate = 4e5, LastRate = 3e5, PreviousRate = 2e5, Rtt = 0.004, ServerLoad = 2, ServerLoadAge = 1.5, FastIntensity = 20, SlowIntensity = 21, SinceLastArrival = 0.25, Slowdown = 1.25,
            Battery = 0.5, Heat = 0.125, DeviceBacklog = 0.01, FallbackAtRisk = 0.02, UplinkBacklogBytes = 900, PendingBytes = 300, InFlight = 3, RateAge = 2, Volatility = 0.5, SendingFor = 0.03, SendingRate = 1e5,
            EnergyDebt = 1, MissDebt = 2, AccuracyDebt = 3,
        };
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
            DecisionJson.Write(json, new LoggedDecision(0, new FlightRecord(1, 0, 0, 0, default, default, new Outcome(1, 0, OutcomeKind.Answered, 0, 0, 0, 0.3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), Reason.None, 0, -1, 0, 0, 0, 0, 0, 0, 0), "remote@1", null, seen));
        var read = ObservationJson.Read(memory.ToArray(), "line", Scenario);
        var skipped = new[] { nameof(Observation.Now), nameof(Observation.Request), nameof(Observation.ModemRates) };
        foreach (var field in typeof(Observation).GetFields().Where(f => !f.IsLiteral && !skipped.Contains(f.Name)))
            Assert.True(Equals(field.GetValue(seen), field.GetValue(read)), field.Name);
    }

    [Theory]
    [InlineData("[]", "o.json:$: is no object")]
    [InlineData("{", "o.json:line 1: is no JSON")]
    [InlineData("""{"rat": 3}""", "o.json:rat: is unknown, allowed are request, now, deadline")]
    [InlineData("""{"rate": "fast"}""", "o.json:rate: is \"fast\", allowed is a number of 0 or more")]
    [InlineData("""{"rate": 0}""", "o.json:deadline, rate, slowdown: are 0.25, 0, 1")]
    [InlineData("""{"modem_rates": [1]}""", "o.json:modem_rates: is [1], allowed are 3 numbers")]
    public void WhatIsNoObservationIsRefused(string json, string why) => Assert.StartsWith(why, Assert.Throws<InputException>(() => Read(json)).Message, StringComparison.Ordinal);

    private static Observation Read(string json) => ObservationJson.Read(Encoding.UTF8.GetBytes(json), "o.json", Scenario);
}
