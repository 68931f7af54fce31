using System.Net;
using RlOffload.Environment;
using RlOffload.Inference.Images;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Runs;
using RlOffload.Inference.Serving;
using RlOffload.Tests.Inference;
using RlOffload.Training;
using Xunit.Abstractions;

namespace RlOffload.Tests.Training;

/// <summary>
/// The loop of docs/loop.md on short runs: a policy that was trained for a fast link is deployed on a slow one, records it, is trained again on what it
/// recorded and deployed again. Everything is real: socket, server, heads, tails, log, training, export. What it gains depends on how busy this machine
/// is, so that is printed and not asked for.
/// </summary>
public sealed class RecordRetrainRedeployTests(ITestOutputHelper output) : IDisposable
{
    private const int Requests = 40;
    private const double SlowMbit = 0.3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WhatADeployedPolicyRecordsIsTrainedOnAndDeployedAgain()
    {
        var network = new TestNetwork(_folder);
        var (images, link) = (Frames(), _folder.Write("slow.txt", FormattableString.Invariant($"0 {SlowMbit}\n1 {SlowMbit / 2}\n2 {SlowMbit}\n")));
        _folder.Write("fast.txt", "0 8\n1 6\n2 8\n");
        _folder.Write("test.txt", "0 1\n1 2\n");
        var config = _folder.Write("loop.yaml", """
            profile: network.profile.json
            model: network.onnx
            device: {name: slow, time_factor: 10, time_factor_source: ten times slower for a test, active_w: 0.15, pack_ns_per_element: 0}
            server: {name: here}
            radio: {tx_base_w: 1, tx_w_per_mbit: 0.1}
            uplink: {header_bytes: 64}
            rtt: {shift_ms: 2, mu: 0, sigma: 0.1}
            links: {train: [fast.txt], test: [test.txt]}
            arrivals: {kind: poisson, mean_gap_s: 0.05}
            deadlines: {median_s: 0.12, spread: 0.3}
            window: {requests: 40}
            plans: {bits: [4, 8], prune: false}
            train: {agent: sac, steps: 400, start_steps: 80, validate_every: 200, validation_windows: 2, guard: false, sac: {batch: 16, hidden: [16]}}
            """);
        var log = _folder.At("run.log");

        Train(config, [], "first");
        var before = await Play("first", images, link, log, network);
        var recorded = DecisionLogFile.Read(log, w => Assert.Fail(w));
        Assert.Equal(Requests, recorded.Count);

        var traces = LogTraces.Write(log, recorded, _folder.At("recorded"));
        Assert.Equal((1, Requests), (traces.Sessions, traces.Requests));
        Assert.InRange(traces.MeanMbitS, 0.2 * SlowMbit, 2 * SlowMbit);
        var world = Train(config, traces.Overrides, "second");
        Assert.InRange(world.Scenario.Uplink.PriorBitsPerSecond, 0.1e6 * SlowMbit, 2e6 * SlowMbit); // the fast link's is 8e6
        Assert.Equal(Requests, world.Scenario.Arrivals.Recorded!.Count);

        var after = await Play("second", images, link, log, network);
        Assert.Equal(2 * Requests, DecisionLogFile.Read(log).Count);
        output.WriteLine(FormattableString.Invariant($"reward a request on the slow link: {before.Reward:F4} before, {after.Reward:F4} after"));
    }

    private World Train(string config, IReadOnlyList<string> set, string name)
    {
        var world = Experiment.Load(config, set).Build();
        var run = new RunFolder(_folder.At($"runs/{name}"));
        var training = new TrainingRun(world, run, TimeProvider.System);
        training.Begin();
        training.Learn(_ => { }, CancellationToken.None);
        PolicyExport.Write(run, world, null, _folder.At(name), () => throw new InvalidOperationException("no planner is asked for"));
        Assert.True(PolicyVerification.Run(_folder.At(name)).Passed);
        return world;
    }

    private async Task<RunReport> Play(string policy, string images, string link, string log, TestNetwork network)
    {
        using var partitions = new PartitionSet(network.ModelPath, network.Profile);
        await using var server = new RemoteServer(partitions, new ServerOptions(IPAddress.Loopback, 0));
        server.Prepare(PartitionSet.ServerParts(FrozenPolicyFile.Read(_folder.At(policy)).Table()));
        await server.Start();
        var report = await new LiveRun(new RunOptions(_folder.At(policy), server.Address, images, null, link, Requests, RttMs: 4, Log: log)).Play(null, default);
        Assert.Equal(Requests, report.Outcomes.Values.Sum());
        Assert.True(report.ServerAnswered);
        return report;
    }

    private string Frames()
    {
        var path = _folder.At("frames.idx");
        using var frames = new IdxWriter(path, 10, 3, 16, 16);
        using var labels = new IdxWriter(_folder.At("frames-labels.idx"), 10);
        for (var i = 0; i < 10; i++)
        {
            frames.Write(TestNetwork.Frame(i));
            labels.Write([(byte)i]);
        }
        frames.Commit();
        labels.Commit();
        return path;
    }
}
