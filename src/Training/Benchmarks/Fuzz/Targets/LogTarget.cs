using System.Buffers.Binary;
using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Runs;
using RlOffload.Inference.Wire;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Decision logs: read as 'log show', 'log stats' and 'log trace' do, and gone on with as a device does.</summary>
internal sealed class LogTarget : IFuzzTarget
{
    private const int HeaderBytes = 8, FrameBytes = 8;

    private readonly string _file, _traces;
    private readonly Mutator _mutator;

    public LogTarget(string folder)
    {
        (_file, _traces) = (Path.Combine(folder, "run.log"), Path.Combine(folder, "traces"));
        _mutator = new Mutator(InputShape.Binary, [Recorded(2), Recorded(6), Recorded(1)]);
    }

    /// <summary>Most records get the length and the checksum that belong to them.</summary>
    public byte[] Make(ref Rng rng)
    {
        var bytes = (byte[])_mutator.Make(ref rng).Clone();
        if (rng.NextInt(8) != 0)
            for (var at = HeaderBytes; bytes.Length - at > FrameBytes;)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
                if (length < 1 || length > bytes.Length - at - FrameBytes)
                    BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), length = Math.Min(1 << 16, bytes.Length - at - FrameBytes));
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at + 4), Checksum.OfAll(bytes.AsSpan(at + FrameBytes, length)));
                at += FrameBytes + length;
            }
        return bytes;
    }

    public bool Read(byte[] input)
    {
        InputFile.Write(_file, input);
        var decisions = DecisionLogFile.Read(_file);
        using (var json = new Utf8JsonWriter(Stream.Null))
            foreach (var decision in decisions)
            {
                DecisionJson.Write(json, decision);
                json.Reset();
            }
        if (decisions.Count == 0)
            return false;
        JsonSerializer.Serialize(LogStatistics.Of(decisions), ProfileFile.Json);
        var traces = LogTraces.Write(_file, decisions, _traces);
        JsonSerializer.Serialize(traces, ProfileFile.Json);
        return true;
    }

    public void Dispose()
    {
    }

    private byte[] Recorded(int count)
    {
        File.Delete(_file);
        using (var log = new DecisionLog(_file, image => image % 10))
            for (var i = 0; i < count; i++)
            {
                var flight = new Flight(null, 0);
                var plan = i % 3 == 2 ? new OffloadPlan(PlanKind.Local, 0, 3, 0) : new OffloadPlan(PlanKind.Split, 1, 1, 4);
                var seen = new Observation { Request = i, Now = i * 0.1, Deadline = 0.2, Rate = 1e6, Rtt = 0.02 };
                flight.Begin(i, i, i * 0.1, 0.2);
                flight.Planned(i % 3, plan, new Environment.Plans.Prediction(0.05, 0.7, 0.8, 0.01, 0.01, 0.02, OutcomeKind.Answered), seen, 2e-5);
                flight.Ended(new Outcome(i, i % 3, OutcomeKind.Answered, 0.7, 0.8, 0.06, 0.2, 0.01, 300, 1000, 0.001, 0.01, 0, 0.02, 0.01, 0.02, 1, i));
                log.Add(flight);
            }
        return File.ReadAllBytes(_file);
    }
}
