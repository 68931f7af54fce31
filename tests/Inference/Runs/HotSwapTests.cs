using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using RlOffload.Environment;
using RlOffload.Inference;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Runs;
using RlOffload.Inference.Serving;
using RlOffload.Inference.Sources;

namespace RlOffload.Tests.Inference.Runs;

/// <summary>Policies and networks whose files are replaced while requests come, over a real socket to a real server.</summary>
public sealed class HotSwapTests : IAsyncLifetime
{
    private static readonly Scenario Scenario = new()
    {
        Uplink = new UplinkSpec(PriorBitsPerSecond: 1e8, PriorRtt: 0.002),
        Deadlines = new DeadlineSpec(Median: 5),
        Arrivals = new ArrivalSpec(ArrivalKind.Poisson, MeanGap: 0.05),
    };

    private readonly TemporaryFolder _folder = new(), _other = new();
    private readonly TestNetwork _network;
    private readonly PartitionSet _partitions;
    private readonly RemoteServer _server;
    private readonly Channel<string> _said = Channel.CreateUnbounded<string>();

    public HotSwapTests()
    {
        _network = new TestNetwork(_folder, scenario: Scenario);
        _network.WritePolicy();
        _partitions = new PartitionSet(_network.ModelPath, _network.Profile);
        _server = new RemoteServer(_partitions, new ServerOptions(IPAddress.Loopback, 0));
    }

    public async Task InitializeAsync() => await _server.Start();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _partitions.Dispose();
        _folder.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task PoliciesAndNetworksAreReplacedInTheMiddleOfRequestsAndEachIsAnsweredOnceByTheOneThatDecided()
    {
        var stream = new Stream();
        using var run = new DeviceRun(Options);
        using var stop = new CancellationTokenSource();
        var playing = run.Play(stream, null, stop.Token, s => _said.Writer.TryWrite(s));
        var hashes = new List<string> { Hash() };
        await stream.More(25);

        hashes.Add(_network.WriteOtherPolicy(9)); // other weights, all else the same
        for (var said = await Said(); !said.Contains("took over", StringComparison.Ordinal); said = await Said())
            Assert.Contains("refused", said, StringComparison.Ordinal); // a look that fell between the writing of two files
        await stream.More(25);

        // Another network in the same files: the server refuses what is sent, the device answers.
        var second = new TestNetwork(_other, scenario: Scenario, seed: 5);
        second.WritePolicy();
        TemporaryFolder.Replace(second.ModelPath, _network.ModelPath);
        TemporaryFolder.Replace(second.ProfilePath, _network.ProfilePath);
        foreach (var file in new[] { FrozenPolicyFile.Graph, FrozenPolicyFile.Description })
            TemporaryFolder.Replace(Path.Combine(second.PolicyPath, file), Path.Combine(_network.PolicyPath, file));
        for (var said = await Said(); !said.Contains("took over", StringComparison.Ordinal); said = await Said())
            Assert.Contains("refused", said, StringComparison.Ordinal); // while some files were copied and some not
        hashes.Add(Hash());
        await stream.More(25);
        await stop.CancelAsync();
        var report = await playing;

        Assert.Equal((2, hashes[2]), (report.Swaps.Taken, report.Swaps.Policy));
        Assert.Equal(stream.Submitted, report.Requests);
        Assert.Equal(Enumerable.Range(0, stream.Submitted), stream.Records.Select(e => e.Request).Order());
        Assert.Equal(hashes, stream.Records.OrderBy(e => e.Request).Select(e => e.Policy).Distinct());
        Assert.Equal(0, report.PolicyFallbacks);
        using var after = new PartitionSet(second.ModelPath, second.Profile);
        foreach (var e in stream.Records.Where(e => e.Outcome.Kind is OutcomeKind.Answered or OutcomeKind.Fallback))
            // Plans of fewer bits may say otherwise; what was not quantised may not.
            if (e.Plan.ToString() is "local@1" or "local@2" or "remote@1" or "remote@2" || e.Outcome.Kind == OutcomeKind.Fallback)
                Assert.Equal(Whole(e.Policy == hashes[2] ? after : _partitions, e.Image, e.Outcome.Exit), e.Answer);

        var logged = DecisionLogFile.Read(_folder.At("run.log"), w => Assert.Fail(w));
        Assert.Equal(stream.Records.Select(e => (e.Request, e.Policy)), logged.Select(l => (l.Record.Request, l.Record.Policy)));
    }

    [Fact]
    public async Task WhatFailsACheckIsRefusedWithTheReasonAndTheOldOneStays()
    {
        var stream = new Stream();
        using var run = new DeviceRun(Options);
        using var stop = new CancellationTokenSource();
        var playing = run.Play(stream, null, stop.Token, s => _said.Writer.TryWrite(s));
        await stream.More(5);
        var (first, frozen) = (Hash(), FrozenPolicyFile.Read(_network.PolicyPath));
        var (json, onnx) = (Path.Combine(_network.PolicyPath, FrozenPolicyFile.Description), Path.Combine(_network.PolicyPath, FrozenPolicyFile.Graph));
        void Write(FrozenPolicy policy, byte[] graph)
        {
            File.WriteAllBytes(onnx, graph);
            File.WriteAllBytes(json, JsonSerializer.SerializeToUtf8Bytes(policy with { GraphSha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(graph)) }, FrozenPolicyFile.Json));
        }
        (string Why, Action Break)[] cases =
        [
            ("policy.onnx:sha256: is", () => File.WriteAllBytes(onnx, [.. _network.Weights.Graph(), 0])),
            ("policy.onnx:file: is no ONNX model", () => Write(frozen, [1, 2, 3])),
            ("policy.json:golden[0].", () => Write(frozen, _network.Weights.Graph("w2", 0.3f))),
            ("policy.json:$", () => File.WriteAllBytes(json, File.ReadAllBytes(json)[..2000])), // half-written
            ("policy.json:model.sha256: is 00, but the profile is of", () => Write(frozen with { Model = frozen.Model with { Sha256 = "00" } }, _network.Weights.Graph())),
            ("policy.json:file: cannot be read", () => File.Delete(json)),
            ("policy.json:model.sha256: is", () => File.AppendAllText(_network.ModelPath, " ")),
        ];
        foreach (var (why, harm) in cases)
        {
            var model = File.ReadAllBytes(_network.ModelPath);
            harm();
            // On a busy machine a look may fall between the writing of two files.
            for (var said = ""; !said.Contains(why, StringComparison.Ordinal); Assert.StartsWith("refused, " + first[..12], said, StringComparison.Ordinal))
                said = await Said();
            await stream.More(3);
            File.WriteAllBytes(_network.ModelPath, model);
            _network.WritePolicy(); // the one that decides already: nothing to swap
        }
        await stream.More(3);
        var hash = _network.WriteOtherPolicy(11);
        while (!(await Said()).Contains("took over", StringComparison.Ordinal))
        {
        }
        await stream.More(3);
        await stop.CancelAsync();
        var report = await playing;
        Assert.Equal((1, hash), (report.Swaps.Taken, report.Swaps.Policy));
        Assert.True(report.Swaps.Refused >= cases.Length);
        Assert.NotNull(report.Swaps.LastRefusal);
        Assert.Equal(stream.Submitted, stream.Records.Count);
        Assert.Equal([first, hash], stream.Records.OrderBy(e => e.Request).Select(e => e.Policy).Distinct());
    }

    private DeviceOptions Options => new(_network.PolicyPath, new RemoteOptions(_server.Address), Log: _folder.At("run.log"), Watch: 0.03);

    private string Hash() => FrozenPolicyFile.HashOf(FrozenPolicyFile.Read(_network.PolicyPath));

    private Task<string> Said() => _said.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    private static int Whole(PartitionSet partitions, int frame, int exit)
    {
        using var store = new TensorStore(partitions);
        new PixelCodec(partitions.Profile).Fill(TestNetwork.Frame(frame), store.Input.Bytes);
        store.RunWhole(exit);
        return Classes.Best(store.Answer(exit)[0].Floats);
    }

    /// <summary>Requests without end, a few at once.</summary>
    private sealed class Stream : IRequestSource
    {
        private readonly SemaphoreSlim _room = new(6), _ended = new(0);

        public bool Waits => true;

        public int? Label(int image) => null;

        public int Submitted { get; private set; }

        public ConcurrentQueue<FlightRecord> Records { get; } = [];

        public async Task Bring(Controller controller, CancellationToken cancel)
        {
            while (true)
            {
                await _room.WaitAsync(cancel);
                controller.Submit(Submitted % 20, 5, (image, pixels) => TestNetwork.Frame(image).CopyTo(pixels));
                Submitted++;
            }
        }

        public void Ended(Flight flight)
        {
            Records.Enqueue(FlightRecord.Of(flight));
            _room.Release();
            _ended.Release();
        }

        /// <summary>Ends when so many more have ended.</summary>
        public async Task More(int count)
        {
            while (_ended.Wait(0))
            {
            }
            for (var i = 0; i < count; i++)
                Assert.True(await _ended.WaitAsync(TimeSpan.FromSeconds(60)));
        }
    }
}
