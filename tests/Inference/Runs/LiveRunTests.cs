using System.Net;
using RlOffload.Environment;
using RlOffload.Inference.Images;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Serving;
using RlOffload.Inference.Runs;

namespace RlOffload.Tests.Inference.Runs;

/// <summary>
/// Runs over a real socket in real time. How many requests are in time depends on what else this machine does, so only what must hold at any speed is
/// asked for.
/// </summary>
public sealed class LiveRunTests : IAsyncLifetime
{
    private const int Requests = 40;

    private readonly TemporaryFolder _folder = new();
    private readonly TestNetwork _network;
    private readonly PartitionSet _partitions;
    private readonly RemoteServer _server;
    private readonly string _images, _link;

    public LiveRunTests()
    {
        _network = new TestNetwork(_folder);
        _network.WritePolicy();
        _images = _folder.At("frames.idx");
        using (var frames = new IdxWriter(_images, 10, 3, 16, 16))
        using (var labels = new IdxWriter(_folder.At("frames-labels.idx"), 10))
        {
            for (var i = 0; i < 10; i++)
            {
                frames.Write(TestNetwork.Frame(i));
                labels.Write([(byte)i]);
            }
            frames.Commit();
            labels.Commit();
        }
        _link = _folder.Write("link.txt", "0 0.3\n1 0.1\n2 0.5\n3 0.2\n");
        _partitions = new PartitionSet(_network.ModelPath, _network.Profile);
        _server = new RemoteServer(_partitions, new ServerOptions(IPAddress.Loopback, 0));
    }

    public async Task InitializeAsync()
    {
        _server.Prepare(PartitionSet.ServerParts(_network.Model().Table.Plans));
        await _server.Start();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _partitions.Dispose();
        _folder.Dispose();
    }

    private RunOptions Options => new(_network.PolicyPath, _server.Address, _images, null, _link, Requests, Log: _folder.At("run.log"));

    [Fact]
    public async Task EveryRequestHasOneOutcomeAndTheReportAddsUp()
    {
        var report = await new LiveRun(Options).Play(null, default);

        Assert.Equal(Requests, report.Outcomes.Values.Sum());
        Assert.Equal(Requests, report.Plans.Values.Sum());
        Assert.True(report.ServerAnswered);
        Assert.Empty(report.Warnings);
        Assert.Null(report.Refusal);
        Assert.All(report.Reasons.Keys, r => Assert.Equal("late", r));
        Assert.Equal(0, report.PolicyFallbacks);
        Assert.Equal((10, 1), (report.DeviceTimeFactor, report.Speed));
        Assert.True(report.LatencyMs.P95 <= 1000 * 0.12 * Math.Exp(0.3) + 1e-3);

        var logged = DecisionLogFile.Read(_folder.At("run.log"), w => Assert.Fail(w));
        Assert.Equal(Enumerable.Range(0, Requests), logged.Select(l => l.Record.Request).Order());
        Assert.Equal(report.Plans, logged.GroupBy(l => l.Plan).ToDictionary(g => g.Key, g => g.Count()));
        Assert.Equal(report.Accuracy!.Measured, logged.Average(l => l.Record.Answer == l.Label ? 1.0 : 0), 5);
        // What the real socket and the real tails answered is what the network says.
        using var store = new TensorStore(_partitions);
        var pixels = new RlOffload.Inference.Codec.PixelCodec(_network.Profile);
        foreach (var line in logged.Where(l => l.Plan is "remote@2" or "local@2" && l.Record.Outcome.Kind == OutcomeKind.Answered))
        {
            pixels.Fill(TestNetwork.Frame(line.Record.Image), store.Input.Bytes);
            store.RunWhole(1);
            Assert.Equal(RlOffload.Inference.Classes.Best(store.Answer(1)[0].Floats), line.Record.Answer);
        }
    }

    [Fact]
    public async Task WithoutAServerTheDeviceAnswersAndTheReportSaysSo()
    {
        var nobody = _server.Address;
        await _server.Stop();
        var report = await new LiveRun(Options with { Server = nobody }).Play(null, default);

        Assert.False(report.ServerAnswered);
        Assert.Contains("does not answer", Assert.Single(report.Warnings), StringComparison.Ordinal);
        Assert.Equal(Requests, report.Outcomes.Values.Sum());
        NothingRemoteWasAnswered(report, from: 0);
    }

    [Fact]
    public async Task AServerThatDiesInTheMiddleLeavesNoRequestWithoutAnOutcome()
    {
        var (killed, at) = (Task.CompletedTask, -1);
        using var dead = new ManualResetEventSlim();
        var report = await new LiveRun(Options).Play(new Watch(p =>
        {
            if (p.Answered < 10 || dead.IsSet)
                return;
            killed = Task.Run(async () =>
            {
                await _server.Stop();
                at = (int)_server.Answered;
                dead.Set();
            });
            // However long that takes on a busy machine, the requests after this one meet a server that is gone.
            dead.Wait();
        }), default);
        await killed;

        Assert.True(report.ServerAnswered);
        Assert.Equal(Requests, report.Outcomes.Values.Sum());
        Assert.Equal(at, (int)_server.Answered);
        Assert.True(report.Reasons.GetValueOrDefault("unreachable") + report.Reasons.GetValueOrDefault("broken_off") > 0, string.Join(", ", report.Reasons));
    }

    [Fact]
    public async Task AServerThatTakesEverythingAndAnswersNothingIsNotWaitedForBeyondTheDeadline()
    {
        using var deaf = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        deaf.Start();
        var report = await new LiveRun(Options with { Server = new Uri($"http://127.0.0.1:{((IPEndPoint)deaf.LocalEndpoint).Port}/"), Requests = 15 }).Play(null, default);
        Assert.Equal(15, report.Outcomes.Values.Sum());
        Assert.False(report.ServerAnswered);
        NothingRemoteWasAnswered(report, from: 0);
    }

    [Fact]
    public async Task ItCanBePlayedFaster()
    {
        var report = await new LiveRun(Options with { Speed = 4, Log = null }).Play(null, default);
        Assert.Equal(Requests, report.Outcomes.Values.Sum());
        Assert.Equal(4, report.Speed);
    }

    [Fact]
    public async Task AServerOfAnotherModelIsRefused()
    {
        using var folder = new TemporaryFolder();
        var other = new TestNetwork(folder, seed: 2);
        using var partitions = new PartitionSet(other.ModelPath, other.Profile);
        await using var server = new RemoteServer(partitions, new ServerOptions(IPAddress.Loopback, 0));
        await server.Start();
        var refusal = await Assert.ThrowsAsync<InputException>(() => new LiveRun(Options with { Server = server.Address }).Play(null, default));
        Assert.Contains("run:--server", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsWrongIsRefusedBeforeAnythingRuns()
    {
        Assert.Contains("--speed", Refusal(Options with { Speed = 0 }), StringComparison.Ordinal);
        Assert.Contains("--requests", Refusal(Options with { Requests = 0 }), StringComparison.Ordinal);
        Assert.Contains("--rtt", Refusal(Options with { RttMs = double.NaN }), StringComparison.Ordinal);
        Assert.Contains("link.txt", Refusal(Options with { Link = _folder.Write("bad/link.txt", "0 1\n1 -3\n") }), StringComparison.Ordinal);
        var clocked = new TestNetwork(_folder, scenario: _network.Scenario with { Device = new DeviceSpec(Clocks: [new(5e7, 2, 0.5)]) });
        clocked.WritePolicy();
        Assert.Contains("sets the device's clock to 50MHz", Refusal(Options), StringComparison.Ordinal);
        _network.WritePolicy();
        File.Delete(_network.ModelPath);
        Assert.Contains("--model", Refusal(Options), StringComparison.Ordinal);
    }

    private static string Refusal(RunOptions options) => Assert.Throws<InputException>(() => new LiveRun(options)).Message;

    private void NothingRemoteWasAnswered(RunReport report, int from)
    {
        Assert.Equal(from, (int)_server.Answered);
        var remote = report.Plans.Where(p => p.Key.StartsWith("cut", StringComparison.Ordinal) || p.Key.StartsWith("remote", StringComparison.Ordinal)).Sum(p => p.Value);
        Assert.True(report.Outcomes.GetValueOrDefault("answered") <= report.Outcomes.Values.Sum() - remote);
    }

    private sealed class Watch(Action<RunProgress> seen) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => seen(value);
    }
}
