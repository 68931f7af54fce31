using System.Collections.Concurrent;
using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Inference.Flights;

namespace RlOffload.Inference.Runs;

/// <summary>
/// One JSON line a request, in the order of outcomes: what was seen, what was planned and expected, what came of it. Written by a thread of its own,
/// so that the loop that decides never waits for a disk.
/// </summary>
public sealed class DecisionLog : IDisposable
{
    private readonly BlockingCollection<Entry> _queue = [];
    private readonly ConcurrentBag<Entry> _free = [];
    private readonly FileStream _file;
    private readonly Thread _thread;
    private readonly Func<int, int?> _label;

    /// <param name="label">Class of an image where it is known.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public DecisionLog(string path, Func<int, int?> label)
    {
        _label = label;
        try
        {
            _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "--log", $"cannot be written ({e.Message.TrimEnd('.')})");
        }
        _thread = new Thread(Loop) { IsBackground = true, Name = "decision log" };
        _thread.Start();
    }

    /// <summary>Why lines are missing, such as a full disk; null where none is. Requests are answered all the same.</summary>
    public string? Problem { get; private set; }

    /// <summary>Takes over what it needs; the flight may be used again at once.</summary>
    public void Add(Flight flight)
    {
        if (!_free.TryTake(out var entry))
            entry = new Entry();
        entry.Record = FlightRecord.Of(flight);
        entry.Seen.CopyFrom(flight.Seen);
        _queue.Add(entry);
    }

    /// <summary>Writes what is left.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
        _file.Dispose();
    }

    private void Loop()
    {
        using var json = new Utf8JsonWriter(_file);
        foreach (var entry in _queue.GetConsumingEnumerable())
        {
            try
            {
                Write(json, entry.Record, entry.Seen, _label(entry.Record.Image));
                json.Flush();
                _file.WriteByte((byte)'\n');
                if (_queue.Count == 0)
                    _file.Flush();
            }
            catch (IOException e)
            {
                Problem = e.Message;
            }
            json.Reset();
            _free.Add(entry);
        }
    }

    private static void Write(Utf8JsonWriter json, in FlightRecord r, Observation o, int? label)
    {
        json.WriteStartObject();
        json.WriteNumber("request", r.Request);
        json.WriteNumber("image", r.Image);
        json.WriteNumber("arrival", Rounded(r.Arrival));
        json.WriteNumber("deadline", Rounded(r.Outcome.Deadline));
        json.WriteString("plan", r.Plan.ToString());
        json.WriteNumber("decision_us", Math.Round(r.DecisionSeconds * 1e6, 1));
        json.WriteStartObject("expected");
        json.WriteString("outcome", Name(r.Predicted.Kind));
        json.WriteNumber("latency", Rounded(r.Predicted.Latency));
        json.WriteNumber("accuracy", Rounded(r.Predicted.Accuracy));
        json.WriteNumber("reward", Rounded(r.Predicted.Reward));
        json.WriteNumber("energy", Rounded(r.Predicted.Energy));
        json.WriteEndObject();
        json.WriteString("outcome", Name(r.Outcome.Kind));
        if (r.Reason != Reason.None)
            json.WriteString("reason", JsonNamingPolicy.SnakeCaseLower.ConvertName(r.Reason.ToString()));
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
        if (label is { } known)
            json.WriteNumber("label", known);
        Write(json, o);
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

    /// <summary>What is not known is left out.</summary>
    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, Rounded(value));
    }

    private static double Rounded(double value) => Math.Round(value, 6);

    private static string Name(OutcomeKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    private sealed class Entry
    {
        public FlightRecord Record;
        public Observation Seen { get; } = new();
    }
}
