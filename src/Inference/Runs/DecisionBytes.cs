using System.Buffers.Binary;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Runs;

/// <summary>
/// The bytes of a decision log: 'RLDL' and a version, then records of a length (u32), a CRC-32C (u32) and a body, whose first byte is its kind. All
/// numbers are little-endian. Observations keep their 64 bits, so that a decision can be made again; measurements are f32.
/// </summary>
internal static class DecisionBytes
{
    public const int HeaderBytes = 8, FrameBytes = 8, MostBody = 1 << 16;
    public const byte Session = 1, Plan = 2, Decision = 3, Policy = 4;
    private static ReadOnlySpan<byte> Magic => "RLDL"u8;
    private const int Version = 1;

    public static void WriteHeader(Span<byte> header)
    {
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], Version);
    }

    public static bool IsHeader(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderBytes && bytes[..4].SequenceEqual(Magic) && BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]) == Version;

    /// <summary>Puts length and checksum before a body that begins at <see cref="FrameBytes"/>.</summary>
    public static void Seal(Span<byte> frame)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - FrameBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Checksum.OfAll(frame[FrameBytes..]));
    }

    /// <summary>The body of the record at the beginning of <paramref name="bytes"/>; false where it is torn or was changed.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (bytes.Length < FrameBytes || BinaryPrimitives.ReadInt32LittleEndian(bytes) is var length && (length is < 1 or > MostBody || bytes.Length - FrameBytes < length))
            return false;
        body = bytes.Slice(FrameBytes, BinaryPrimitives.ReadInt32LittleEndian(bytes));
        return Checksum.OfAll(body) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
    }

    public static void Write(BinaryWriter to, in FlightRecord r, int label, Observation o)
    {
        var outcome = r.Outcome;
        to.Write(Decision);
        to.Write(r.PlanIndex);
        foreach (var number in (ReadOnlySpan<int>)[r.Request, r.Image, label, r.Answer, r.LocalExit, r.Way, r.MessageBytes, outcome.Exit])
            to.Write(number);
        to.Write(r.WireBytes);
        to.Write((byte)r.Reason);
        to.Write((byte)outcome.Kind);
        to.Write((byte)r.Predicted.Kind);
        to.Write(r.Arrival);
        foreach (var number in (ReadOnlySpan<double>)[
            r.Predicted.Latency, r.Predicted.Reward, r.Predicted.Accuracy, r.Predicted.Energy, r.Predicted.DeviceSeconds, r.Predicted.UplinkSeconds,
            outcome.Reward, outcome.Accuracy, outcome.Latency, outcome.Deadline, outcome.Energy, outcome.BytesSent, outcome.MemoryBytes,
            outcome.DeviceWait, outcome.Device, outcome.UplinkWait, outcome.Uplink, outcome.Server, outcome.RoundTrip,
            r.DecisionSeconds, r.HeadSeconds, r.LocalSeconds, r.ServerWaited, r.ServerComputed])
            to.Write((float)number);
        to.Write(o.InFlight);
        foreach (var number in (ReadOnlySpan<double>)[
            o.Now, o.Deadline, o.DeviceBacklog, o.FallbackAtRisk, o.UplinkBacklogBytes, o.PendingBytes, o.Rate, o.LastRate, o.PreviousRate, o.RateAge, o.Volatility,
            o.SendingFor, o.SendingRate, o.Rtt, o.ServerLoad, o.ServerLoadAge, o.FastIntensity, o.SlowIntensity, o.SinceLastArrival, o.Heat, o.Slowdown, o.Battery,
            o.EnergyDebt, o.MissDebt, o.AccuracyDebt])
            to.Write(number);
        foreach (var rate in o.ModemRates)
            to.Write(rate);
    }

    /// <summary>Whether a record may be one that a device wrote: the kinds are known, and what was measured of it are numbers.</summary>
    public static bool IsMeasurement(in FlightRecord r)
    {
        var o = r.Outcome;
        return r.Reason <= Reason.CircuitOpen && o.Kind <= OutcomeKind.Dropped && r.Predicted.Kind <= OutcomeKind.Dropped && r.WireBytes >= 0
            && double.IsFinite(r.Arrival) && double.IsFinite(r.DecisionSeconds) && double.IsFinite(o.Reward) && double.IsFinite(o.Energy) && double.IsFinite(o.Latency)
            && o.Deadline > 0 && double.IsFinite(o.Deadline);
    }

    /// <param name="from">After the kind and the plan's index.</param>
    /// <param name="plan">Without gate and clock.</param>
    /// <param name="policy">Hash of the policy that decided, where it was told.</param>
    public static (FlightRecord Record, int Label, Observation Seen) Read(BinaryReader from, int index, OffloadPlan plan, string? policy)
    {
        float F() => from.ReadSingle();
        double D() => from.ReadDouble();
        int I() => from.ReadInt32();
        var (request, image, label, answer, localExit, way, messageBytes, exit) = (I(), I(), I(), I(), I(), I(), I(), I());
        var wireBytes = from.ReadInt64();
        var (reason, kind, predictedKind) = ((Reason)from.ReadByte(), (OutcomeKind)from.ReadByte(), (OutcomeKind)from.ReadByte());
        var arrival = D();
        var predicted = new Prediction(F(), F(), F(), F(), F(), F(), predictedKind);
        var outcome = new Outcome(request, index, kind, F(), F(), F(), F(), F(), F(), F(), F(), F(), F(), F(), F(), F(), exit);
        var record = new FlightRecord(request, image, arrival, index, plan, predicted, outcome, reason, answer, localExit, F(), F(), F(), wireBytes, messageBytes, F(), F(), way, policy);
        var seen = new Observation { Request = request, InFlight = I() };
        (seen.Now, seen.Deadline, seen.DeviceBacklog, seen.FallbackAtRisk, seen.UplinkBacklogBytes, seen.PendingBytes) = (D(), D(), D(), D(), D(), D());
        (seen.Rate, seen.LastRate, seen.PreviousRate, seen.RateAge, seen.Volatility) = (D(), D(), D(), D(), D());
        (seen.SendingFor, seen.SendingRate, seen.Rtt, seen.ServerLoad, seen.ServerLoadAge) = (D(), D(), D(), D(), D());
        (seen.FastIntensity, seen.SlowIntensity, seen.SinceLastArrival, seen.Heat, seen.Slowdown, seen.Battery) = (D(), D(), D(), D(), D(), D());
        (seen.EnergyDebt, seen.MissDebt, seen.AccuracyDebt) = (D(), D(), D());
        for (var i = 0; i < seen.ModemRates.Length; i++)
            seen.ModemRates[i] = D();
        return (record, label, seen);
    }
}
