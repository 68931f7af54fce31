using System.Text.Json;
using System.Text.Json.Nodes;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Runs;

namespace RlOffload.Tests.Inference.Runs;

public sealed class DecisionLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.At("run.log");

    public void Dispose() => _folder.Dispose();

    /// <summary>Requests of one run; every other is missed, every transfer takes 0.05 s for 500 bytes.</summary>
    internal static void Record(string path, int requests, long partBytes = DecisionLog.DefaultPartBytes)
    {
        var flight = new Flight(null, 0);
        var seen = new Observation { Rate = 2e6, Rtt = double.PositiveInfinity, InFlight = 3 };
        seen.ModemRates[1] = 5e5;
        using var log = new DecisionLog(path, image => image == 7 ? null : 3, partBytes);
        for (var i = 0; i < requests; i++)
        {
            flight.Begin(i, i % 10, 0.5 * i, 1);
            seen.Now = 0.5 * i;
            flight.Planned(2, new OffloadPlan(PlanKind.Split, 1, 4, 6, Gate: new Gate(GateMeasure.Confidence, [0.9, 0.9])), new Prediction(0.3, 0.8, 0.9, 0.01, 0, 0, OutcomeKind.Answered), seen, 4e-5);
            flight.RemoteClass = 3;
            flight.Ended(new Outcome(i, 2, i % 2 == 0 ? OutcomeKind.Answered : OutcomeKind.Missed, 0.7, 0.9, 0.25, 1, 0.02, 500, 0, 0, 0.1, 0, 0.05, 0.06, 0.04, 1));
            log.Add(flight);
        }
    }

    [Fact]
    public void EveryFlightIsReadAgainThoughItIsUsedAgainAtOnce()
    {
        Record(Path, 100);
        var warnings = new List<string>();
        var read = DecisionLogFile.Read(Path, warnings.Add);
        Assert.Empty(warnings);
        Assert.Equal(Enumerable.Range(0, 100), read.Select(d => d.Record.Request));
        var fourth = read[4];
        Assert.Equal((0, 3, 2e6, 3, 5e5, 2.0), (fourth.Session, fourth.Label, fourth.Seen.Rate, fourth.Seen.InFlight, fourth.Seen.ModemRates[1], fourth.Seen.Now));
        Assert.Equal((0.3f, 0.25f, 0.05f, 500f), ((float)fourth.Record.Predicted.Latency, (float)fourth.Record.Outcome.Latency, (float)fourth.Record.Outcome.Uplink, (float)fourth.Record.Outcome.BytesSent));
        Assert.StartsWith("cut4@2/6b?", fourth.Plan);
        Assert.Equal(Reason.Late, read[5].Record.Reason);
        Assert.Null(read[7].Label);
        Assert.True(new FileInfo(Path).Length < 100 * 450, $"{new FileInfo(Path).Length / 100} bytes a decision");
    }

    [Fact]
    public void ALineOfJsonLeavesOutWhatIsNotKnown()
    {
        Record(Path, 8);
        var lines = DecisionLogFile.Read(Path).Select(d =>
        {
            using var memory = new MemoryStream();
            using (var json = new Utf8JsonWriter(memory))
                DecisionJson.Write(json, d);
            return JsonNode.Parse(memory.ToArray())!;
        }).ToList();
        Assert.Equal((0.3, 0.25, 2e6), ((double)lines[4]["expected"]!["latency"]!, (double)lines[4]["measured"]!["latency"]!, (double)lines[4]["seen"]!["rate"]!));
        Assert.Equal((3, 3), ((int)lines[4]["answer"]!, (int)lines[4]["label"]!));
        Assert.Equal(("missed", "late"), ((string)lines[5]["outcome"]!, (string)lines[5]["reason"]!));
        Assert.Null(lines[5]["answer"]);
        Assert.Null(lines[7]["label"]);
        Assert.Null(lines[4]["reason"]);
        Assert.Null(lines[4]["seen"]!["rtt"]); // not known
    }

    [Fact]
    public void ATornTailIsSkippedWithAWarningAndCutAwayByTheNextRun()
    {
        Record(Path, 10);
        var whole = File.ReadAllBytes(Path);
        for (var cut = 1; cut < 900; cut += 90)
        {
            File.WriteAllBytes(Path, whole[..^cut]);
            var warnings = new List<string>();
            var read = DecisionLogFile.Read(Path, warnings.Add);
            Assert.InRange(read.Count, 6, 9);
            Assert.Contains("no whole record", Assert.Single(warnings));
        }
        var left = DecisionLogFile.Read(Path).Count;
        Record(Path, 5);
        var both = DecisionLogFile.Read(Path, w => Assert.Fail(w));
        Assert.Equal(left + 5, both.Count);
        Assert.Equal([0, 1], both.Select(d => d.Session).Distinct());
    }

    [Fact]
    public void AChangedByteIsFoundAndWhatCameBeforeItIsRead()
    {
        Record(Path, 10);
        var bytes = File.ReadAllBytes(Path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(Path, bytes);
        var warnings = new List<string>();
        Assert.InRange(DecisionLogFile.Read(Path, warnings.Add).Count, 3, 6);
        Assert.Single(warnings);
    }

    [Fact]
    public void AFullPartIsPutAsideAndReadWithTheRest()
    {
        Record(Path, 40, partBytes: 8000);
        Assert.True(File.Exists(Path + ".1"));
        Assert.True(new FileInfo(Path + ".1").Length < 9000);
        var read = DecisionLogFile.Read(Path, w => Assert.Fail(w));
        Assert.Equal(Enumerable.Range(0, 40), read.Select(d => d.Record.Request));
        Assert.All(read, d => Assert.Equal(0, d.Session));
    }

    [Fact]
    public void WhatIsNoLogIsNeitherReadNorWrittenTo()
    {
        _folder.Write("run.log", "a user's file, not a log");
        Assert.Contains("run.log:header", Assert.Throws<InputException>(() => new DecisionLog(Path, _ => null)).Message, StringComparison.Ordinal);
        Assert.Contains("run.log:header", Assert.Throws<InputException>(() => DecisionLogFile.Read(Path)).Message, StringComparison.Ordinal);
        Assert.Equal("a user's file, not a log", File.ReadAllText(Path));
    }

    [Fact]
    public void AFileThatCannotBeWrittenIsRefused() =>
        Assert.Contains("--log", Assert.Throws<InputException>(() => new DecisionLog(_folder.Root, _ => null)).Message, StringComparison.Ordinal);
}
