using RlOffload.Agents.Sac;
using RlOffload.Environment;
using RlOffload.Training;

namespace RlOffload.Tests.Training;

public sealed class ExperimentTests
{
    [Fact]
    public void AShortConfigGetsItsDefaultsAndSiUnits()
    {
        using var config = new TestConfig();
        var experiment = Experiment.Load(config.Path, ["device.pack_ns_per_element=3", "device.memory_mb=2", "uplink.prior_mbit_s=1.5", "uplink.observe=modem", "device.backlog=expected"]);
        Assert.Equal("test", experiment.Name);
        Assert.Equal(3e-9, experiment.Told.Device.PackSecondsPerElement);
        Assert.Equal(2e6, experiment.Told.Device.MemoryBytes);
        Assert.Equal(1.5e6, experiment.Told.Uplink.PriorBitsPerSecond);
        Assert.Equal(RateKnowledge.Modem, experiment.Told.Uplink.Observe);
        Assert.Equal(BacklogKnowledge.Expected, experiment.Told.Device.Backlog);
        Assert.Equal(BacklogKnowledge.Accepted, Experiment.Load(config.Path, []).Told.Device.Backlog);
        Assert.Equal(new RewardSpec(), experiment.Told.Reward);
        Assert.Equal(ArrivalKind.Bursty, experiment.Told.Arrivals.Kind);
        Assert.Equal(new SacOptions().Gamma, ((SacOptions)experiment.Train.Agent).Gamma);
        Assert.Null(experiment.Lmos.MemoryBytes);
        Assert.Null(experiment.Told.Budgets);
        Assert.Equal(new BudgetSpec(EnergyJoules: 0.25), Experiment.Load(config.Path, ["budgets.energy_j_per_request=0.25"]).Told.Budgets);
        Assert.Equal(5ul, Experiment.Load(config.Path, ["seed=4"], 5).Seed);
    }

    [Fact]
    public void EveryProblemOfAConfigIsToldAtOnce()
    {
        using var config = new TestConfig("""
            profile: nowhere.json
            device: {name: slow, time_factor: 10, active_w: -1, heat: {from: 0.9, to: 0.5}}
            server: {name: here, loads: [1, 0]}
            radio: {tx_base_w: 1, tx_w_per_mbit: .nan}
            uplnk: {}
            links: {train: [a.json, c.json], test: [b.json]}
            arrivals: {kind: bursty, mean_gap_ms: 400}
            deadlines: {median_s: 0.6}
            reward: {miss_penalty: lots}
            plans: {bits: [4, 5]}
            train: {agent: ppo, sac: {gamma: 1, gama: 2, hidden: [0]}}
            """);
        var problems = Assert.Throws<InputException>(() => Experiment.Load(config.Path, ["evaluate.windows=0"])).Problems;
        string[] expected =
        [
            ":1: profile: is 'nowhere.json', which is not there",
            ":2: device.time_factor_source: is missing, allowed is a text that says where the time_factor of 10 comes from",
            ":2: device.active_w: is -1, allowed is a finite number of 0 or more",
            ":3: server.loads: has '0', allowed is a finite number above 0",
            ":4: radio.tx_w_per_mbit: is .nan",
            ":5: uplnk: is no key of a config; did you mean uplink?",
            ":6: links.train: is 'c.json', which is not there",
            ":7: arrivals.mean_gap_s: is missing",
            ":7: arrivals.mean_gap_ms: is no key of a config; did you mean arrivals.mean_gap_s?",
            ":9: reward.miss_penalty: is lots",
            ":10: plans.bits: has '5', allowed is one of 2, 3, 4, 6, 8, 16, 32",
            ":11: train.agent: is 'ppo', allowed is sac",
            ":11: train.sac.gamma: is 1, allowed is 0 <= gamma < 1",
            ":11: train.sac.gama: is no key of a config; did you mean train.sac.gamma?",
            ":11: train.sac.hidden: has '0'",
        ];
        foreach (var text in expected)
            Assert.Contains(problems, p => p.StartsWith(config.Path + text, StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("--set evaluate.windows=0: evaluate.windows: is 0, allowed is", StringComparison.Ordinal));
        Assert.Equal(expected.Length + 1, problems.Count);
    }

    [Theory]
    [InlineData("arrivals={kind: recorded}", "arrivals.file: is missing")]
    [InlineData("arrivals.file=a.json", "arrivals.file: is given, allowed only where kind is recorded")]
    [InlineData("arrivals={kind: recorded, file: a.json, mean_gap_s: 1}", "arrivals.mean_gap_s: is given")]
    [InlineData("arrivals.calm_factor=1", "arrivals.calm_factor: is 1, allowed is 0 or more and below 1")]
    [InlineData("device.heat={from: 0.8, to: 0.8}", "device.heat.from: is 0.8, allowed is below to (0.8)")]
    [InlineData("device.battery={capacity_j: 5, start_j: 6}", "device.battery.start_j: is 6, allowed is at most capacity_j (5)")]
    [InlineData("device.clocks={mhz: [110, 55], time_factor: [1.5], active_w: [0.1, 0.05], source: a test}", "device.clocks.mhz: has 2 clocks beside 1 of time_factor and 2 of active_w")]
    [InlineData("device.clocks={mhz: [110], time_factor: [1], active_w: [0.1], source: a test}", "device.clocks.time_factor: has '1', allowed is above 1")]
    [InlineData("device.clocks={mhz: [110], time_factor: [1.5], active_w: [0.1]}", "device.clocks.source: is missing")]
    [InlineData("plans.clocks_mhz=[110]", "plans.clocks_mhz: is [110], allowed is none, since the device has no section clocks")]
    [InlineData("budgets={}", "budgets: holds none, allowed are energy_j_per_request, miss_rate and accuracy_shortfall")]
    [InlineData("budgets={miss_rate: 0}", "budgets.miss_rate: is 0, allowed is above 0 and at most 1")]
    [InlineData("budgets={energy_mj: 3}", "budgets.energy_mj: is no key of a config")]
    [InlineData("device.whole_ms=100", "device.time_factor: is given beside whole_ms")]
    [InlineData("server.whole_ms=100", "server.time_factor_source: is missing, allowed is a text that says where the whole_ms of 100 comes from")]
    [InlineData("links.test=[./a.json]", "allowed are links that were not trained on")]
    [InlineData("links.reader={format: exe}", "links.reader.format: is 'exe', allowed is")]
    [InlineData("rtt={file: a.json, mu: 1, sigma: 0, shift_ms: 1}", "rtt: has no single source")]
    [InlineData("rtt={mu: 1}", "rtt.sigma: is missing")]
    [InlineData("train.steps=5", "train.start_steps: is 2000, allowed is below steps (5)")]
    [InlineData("device.backlog=queued", "device.backlog: is 'queued', allowed is accepted, expected")]
    [InlineData("train.engine=tensorflow", "train.engine: is 'tensorflow', allowed is built_in, onnx, torch")]
    [InlineData("train={engine: onnx, check: true}", "train.check: is true, allowed with engine onnx is false: only built_in can check")]
    [InlineData("train.sac.alpha_start=1e9", "train.sac.alpha_start: is 1000000000, allowed is")]
    [InlineData("seed=-1", "seed: is -1, allowed is a whole number")]
    public void WhatContradictsItselfIsRefused(string set, string problem)
    {
        using var config = new TestConfig();
        Assert.Contains(problem, Assert.Throws<InputException>(() => Experiment.Load(config.Path, [set])).Message);
    }

    [Fact]
    public void TheResolvedConfigIsTheSameExperimentFromAnotherFolder()
    {
        using var config = new TestConfig();
        var first = Experiment.Load(config.Path, ["arrivals.mean_gap_s=0.7", "device.heat={}", "rtt={shift_ms: 20, mu: 2, sigma: 0.3}"], 9);
        var path = config.Write("runs/1/config.yaml", first.ResolvedYaml(config.At("runs/1")));
        var second = Experiment.Load(path, []);
        Assert.Equal(first.ResolvedYaml(config.At("runs/1")), second.ResolvedYaml(config.At("runs/1")));
        Assert.Equal(first.Profile, second.Profile);
        Assert.Equal(9ul, second.Seed);
        Assert.Equal(0.7, second.Told.Arrivals.MeanGap);
        Assert.Equal(first.Build().ScenarioHash, second.Build().ScenarioHash);
        Assert.Equal(first.Build().Training.Links.Hash, second.Build().Training.Links.Hash);
    }

    [Fact]
    public void EveryOptionOfTheLearnerIsAKey()
    {
        using var config = new TestConfig();
        var yaml = Experiment.Load(config.Path, []).ResolvedYaml(config.At("."));
        foreach (var option in typeof(SacOptions).GetProperties().Where(p => p.CanWrite))
            Assert.Contains($"    {System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(option.Name)}: ", yaml);
    }

    [Fact]
    public void OnlyAgentsThatAreBuiltCanBeTrainedAndAnAgentsSectionMayStandThereUnused()
    {
        using var config = new TestConfig();
        var refused = Assert.Throws<InputException>(() => Experiment.Load(config.Path, ["train.agent=sax"])).Message;
        Assert.Contains("train.agent: is 'sax', allowed is ", refused);
        Assert.EndsWith("; did you mean sac?", refused, StringComparison.Ordinal);
        Assert.Equal("sac", Experiment.Load(config.Path, ["train.agent=sac", "train.sac.gamma=0.5"]).Train.Agent.Name);
        Assert.Contains("train.sac.gamma", Assert.Throws<InputException>(() => Experiment.Load(config.Path, ["train.sac.gamma=2"])).Message);
    }
}
