using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Inference.Flights;

namespace RlOffload.Inference.Runs;

/// <summary>A logged decision as one line of JSON; what is not known is left out. Times in s, to the microsecond.</summary>
public static class DecisionJson
{
    public static void Write(Utf8JsonWriter json, LoggedDecision logged)
    {
        var r = logged.Record;
        json.WriteStartObject();
        json.WriteNumber("session", logged.Session);
        json.WriteNumber("request", r.Request);
        json.WriteNumber("image", r.Image);
        Number(json, "arrival", r.Arrival);
        Number(json, "deadline", r.Outcome.Deadline);
        json.WriteString("plan", logged.Plan);
        if (r.Policy is { } policy)
            json.WriteString("policy", policy);
        Number(json, "decision_us", Math.Round(r.DecisionSeconds * 1e6, 1));
        json.WriteStartObject("expected");
        json.WriteString("outcome", Name(r.Predicted.Kind));
        Number(json, "latency", r.Predicted.Latency);
        Number(json, "accuracy", r.Predicted.Accuracy);
        Number(json, "reward", r.Predicted.Reward);
        Number(json, "energy", r.Predicted.Energy);
        json.WriteEndObject();
        json.WriteString("outcome", Name(r.Outcome.Kind));
        if (r.Reason != Reason.None)
            json.WriteString("reason", Name(r.Reason));
        json.WriteStartObject("measured");
        Number(json, "latency", r.Outcome.Latency);
        Number(json, "device_wait", r.Outcome.DeviceWait);
        Number(json, "device", r.Outcome.Device);
        Number(json, "uplink_wait", r.Outcome.UplinkWait);
        Number(json, "uplink", r.Outcome.Uplink);
        Number(json, "server", r.Outcome.Server);
        Number(json, "round_trip", r.Outcome.RoundTrip);
        Number(json, "energy", r.Outcome.Energy);
        Number(json, "reward", r.Outcome.Reward);
        Number(json, "bytes", r.WireBytes);
        Number(json, "head_here", r.HeadSeconds);
        Number(json, "local_here", r.LocalSeconds);
        Number(json, "server_waited", r.ServerWaited);
        Number(json, "server_computed", r.ServerComputed);
        json.WriteEndObject();
        if (r.Answer >= 0)
            json.WriteNumber("answer", r.Answer);
        if (r.LocalExit >= 0)
            json.WriteNumber("local_exit", r.LocalExit + 1);
        if (logged.Label is { } known)
            json.WriteNumber("label", known);
        Write(json, logged.Seen);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Observation o)
    {
        json.WriteStartObject("seen");
        Number(json, "device_backlog", o.DeviceBacklog);
        Number(json, "fallback_at_risk", o.FallbackAtRisk);
        Number(json, "uplink_backlog_bytes", o.UplinkBacklogBytes);
        Number(json, "pending_bytes", o.PendingBytes);
        json.WriteNumber("in_flight", o.InFlight);
        Number(json, "rate", o.Rate);
        Number(json, "last_rate", o.LastRate);
        Number(json, "previous_rate", o.PreviousRate);
        Number(json, "rate_age", o.RateAge);
        Number(json, "volatility", o.Volatility);
        Number(json, "sending_for", o.SendingFor);
        Number(json, "sending_rate", o.SendingRate);
        Number(json, "rtt", o.Rtt);
        Number(json, "server_load", o.ServerLoad);
        Number(json, "server_load_age", o.ServerLoadAge);
        Number(json, "fast_intensity", o.FastIntensity);
        Number(json, "slow_intensity", o.SlowIntensity);
        Number(json, "since_last_arrival", o.SinceLastArrival);
        Number(json, "heat", o.Heat);
        Number(json, "slowdown", o.Slowdown);
        Number(json, "battery", o.Battery);
        if (o.EnergyDebt + o.MissDebt + o.AccuracyDebt > 0)
        {
            Number(json, "energy_debt", o.EnergyDebt);
            Number(json, "miss_debt", o.MissDebt);
            Number(json, "accuracy_debt", o.AccuracyDebt);
        }
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, Math.Round(value, 6));
    }

    /// <summary>As it is spelt in reports.</summary>
    public static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
