using System.Text.Json;
using RlOffload.Environment;

namespace RlOffload.Inference.Runs;

/// <summary>
/// What a device knows, as an object of JSON with the names that 'rloffload log show --json' gives it; what is left out is as on a device that has just been started. A whole line of that
/// command is read too: of it 'deadline' and 'seen' count.
/// </summary>
public static class ObservationJson
{
    private static readonly Dictionary<string, Action<Observation, double>> Fields = new(StringComparer.Ordinal)
    {
        ["request"] = (o, x) => o.Request = (int)x,
        ["now"] = (o, x) => o.Now = x,
        ["deadline"] = (o, x) => o.Deadline = x,
        ["device_backlog"] = (o, x) => o.DeviceBacklog = x,
        ["fallback_at_risk"] = (o, x) => o.FallbackAtRisk = x,
        ["uplink_backlog_bytes"] = (o, x) => o.UplinkBacklogBytes = x,
        ["pending_bytes"] = (o, x) => o.PendingBytes = x,
        ["in_flight"] = (o, x) => o.InFlight = (int)x,
        // A rate that is told is known now, unless more is told.
        ["rate"] = (o, x) => (o.Rate, o.LastRate, o.PreviousRate, o.RateAge) = (x, x, x, 0),
        ["last_rate"] = (o, x) => o.LastRate = x,
        ["previous_rate"] = (o, x) => o.PreviousRate = x,
        ["rate_age"] = (o, x) => o.RateAge = x,
        ["volatility"] = (o, x) => o.Volatility = x,
        ["sending_for"] = (o, x) => o.SendingFor = x,
        ["sending_rate"] = (o, x) => o.SendingRate = x,
        ["rtt"] = (o, x) => o.Rtt = x,
        ["server_load"] = (o, x) => (o.ServerLoad, o.ServerLoadAge) = (x, 0),
        ["server_load_age"] = (o, x) => o.ServerLoadAge = x,
        ["fast_intensity"] = (o, x) => o.FastIntensity = x,
        ["slow_intensity"] = (o, x) => o.SlowIntensity = x,
        ["since_last_arrival"] = (o, x) => o.SinceLastArrival = x,
        ["heat"] = (o, x) => o.Heat = x,
        ["slowdown"] = (o, x) => o.Slowdown = x,
        ["battery"] = (o, x) => o.Battery = x,
        ["energy_debt"] = (o, x) => o.EnergyDebt = x,
        ["miss_debt"] = (o, x) => o.MissDebt = x,
        ["accuracy_debt"] = (o, x) => o.AccuracyDebt = x,
    };

    /// <summary>Of the first request on a device that nothing was learned on yet.</summary>
    public static Observation Fresh(Scenario s) => new()
    {
        Deadline = s.Deadlines.Median, Rate = s.Uplink.PriorBitsPerSecond, LastRate = s.Uplink.PriorBitsPerSecond, PreviousRate = s.Uplink.PriorBitsPerSecond, RateAge = Observation.MaxAge,
        Rtt = s.Uplink.PriorRtt, ServerLoad = 1, ServerLoadAge = Observation.MaxAge, FastIntensity = 1 / s.Arrivals.MeanGap, SlowIntensity = 1 / s.Arrivals.MeanGap,
        SinceLastArrival = s.Arrivals.MeanGap, Slowdown = 1, Battery = 1,
    };

    /// <param name="source">For messages: where it comes from.</param>
    /// <exception cref="InputException">It is no such object; with every reason found.</exception>
    public static Observation Read(ReadOnlyMemory<byte> json, string source, Scenario scenario)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new InputException(source, $"line {e.LineNumber + 1}", $"is no JSON ({e.Message}), allowed is an object such as {{\"deadline\": 0.3, \"rate\": 2e6}}");
        }
        using var _ = document;
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new InputException(source, "$", "is no object, allowed is one such as {\"deadline\": 0.3, \"rate\": 2e6}");
        var (o, problems) = (Fresh(scenario), new List<string>());
        if (root.TryGetProperty("seen", out var seen) && seen.ValueKind == JsonValueKind.Object)
        {
            if (root.TryGetProperty("deadline", out var deadline))
                Set(o, "deadline", deadline, source, problems);
            root = seen;
        }
        // In the order above, so that what a rate implies does not undo what is told.
        foreach (var name in Fields.Keys)
            if (root.TryGetProperty(name, out var value))
                Set(o, name, value, source, problems);
        Array.Fill(o.ModemRates, o.Rate);
        foreach (var property in root.EnumerateObject())
            if (property.Name == "modem_rates")
                Modem(o, property.Value, source, problems);
            else if (!Fields.ContainsKey(property.Name))
                problems.Add($"{source}:{property.Name}: is unknown, allowed are {string.Join(", ", Fields.Keys)}, modem_rates");
        if (problems.Count == 0 && !(o.Deadline > 0 && o.Rate > 0 && o.Slowdown > 0))
            problems.Add($"{source}:deadline, rate, slowdown: are {FormattableString.Invariant($"{o.Deadline}, {o.Rate}, {o.Slowdown}")}, allowed are numbers above 0");
        return problems.Count == 0 ? o : throw new InputException(problems);
    }

    private static void Set(Observation o, string name, JsonElement value, string source, List<string> problems)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) && number >= 0)
            Fields[name](o, number);
        else
            problems.Add($"{source}:{name}: is {value.GetRawText()}, allowed is a number of 0 or more");
    }

    private static void Modem(Observation o, JsonElement value, string source, List<string> problems)
    {
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == o.ModemRates.Length && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.Number && v.TryGetDouble(out var n) && n >= 0))
            for (var i = 0; i < o.ModemRates.Length; i++)
                o.ModemRates[i] = value[i].GetDouble();
        else
            problems.Add($"{source}:modem_rates: is {value.GetRawText()}, allowed are {o.ModemRates.Length} numbers, bit/s, the newest first");
    }
}
