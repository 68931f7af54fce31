using System.Buffers.Binary;
using RlOffload.Inference.Runs;
using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Runs;

public sealed class DecisionLogFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Bytes of a decision's body behind its kind and plan: 8 numbers, the bytes on the wire, reason, outcome, expected outcome, arrival.</summary>
    private const int Reason = 5 + 32 + 8, Arrival = Reason + 3;

    [Theory]
    [InlineData(Reason, 200)]
    [InlineData(Reason + 1, 9)]
    [InlineData(Reason + 2, 9)]
    [InlineData(Arrival + 6, 0xf0)] // an infinite time
    public void ARecordThatNoDeviceWritesEndsWhatIsRead(int at, byte value)
    {
        var log = _folder.At("run.log");
        DecisionLogTests.Record(log, 3);
        var bytes = File.ReadAllBytes(log);
        var body = Body(bytes, 3); // session, plan, decision, decision
        bytes[body.Start.Value + at] = value;
        if (at > Arrival)
            bytes[body.Start.Value + at + 1] = 0x7f;
        Seal(bytes, body);
        File.WriteAllBytes(log, bytes);
        var warnings = new List<string>();
        Assert.Single(DecisionLogFile.Read(log, warnings.Add));
        Assert.Contains("no whole record", Assert.Single(warnings));
    }

    [Fact]
    public void APlanOfNoKindOrWithATextOfNoLengthEndsWhatIsRead()
    {
        foreach (var (at, value) in new (int, byte)[] { (5, 9), (19, 255) })
        {
            var log = _folder.At($"plan-{at}.log");
            DecisionLogTests.Record(log, 3);
            var bytes = File.ReadAllBytes(log);
            var body = Body(bytes, 1);
            bytes.AsSpan(body.Start.Value + at, Math.Min(6, body.End.Value - body.Start.Value - at)).Fill(value);
            Seal(bytes, body);
            File.WriteAllBytes(log, bytes);
            Assert.Empty(DecisionLogFile.Read(log));
        }
    }

    private static Range Body(byte[] log, int record)
    {
        var at = DecisionBytes.HeaderBytes;
        for (; record > 0; record--)
            at += DecisionBytes.FrameBytes + BinaryPrimitives.ReadInt32LittleEndian(log.AsSpan(at));
        at += DecisionBytes.FrameBytes;
        return at..(at + BinaryPrimitives.ReadInt32LittleEndian(log.AsSpan(at - DecisionBytes.FrameBytes)));
    }

    private static void Seal(byte[] log, Range body) => BinaryPrimitives.WriteUInt32LittleEndian(log.AsSpan(body.Start.Value - 4), Checksum.OfAll(log.AsSpan()[body]));
}
