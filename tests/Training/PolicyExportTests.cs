using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Inference.Policies;
using RlOffload.Training;
using RlOffload.Training.Evaluation;

namespace RlOffload.Tests.Training;

public sealed class PolicyExportTests
{
    [Fact]
    public void AnExportedRunReplaysItsGoldenVectorsAndAnotherProfilesRunIsRefused()
    {
        using var folder = new TemporaryFolder();
        var experiment = Experiment.Load(Repository.At("configs/agents/sac.yaml"), ["train.steps=480", "train.start_steps=120", "train.validate_every=240", "train.validation_windows=2"]);
        var world = experiment.Build();
        var run = new RunFolder(folder.At("run"));
        var training = new TrainingRun(world, run, TimeProvider.System);
        training.Begin();
        training.Learn(_ => { }, CancellationToken.None);
        var written = PolicyExport.Write(run, world, null, folder.At("policy"), () => throw new InvalidOperationException("no planner is asked for"));
        Assert.Equal(PolicyExport.Golden, written.Golden.Count);
        Assert.Equal(PolicyExport.Golden / 2, written.Golden.Count(g => g.Mask.Contains('0')));
        Assert.True(PolicyVerification.Run(folder.At("policy"), null, null).Passed);

        // A guard that found 'priced' better deploys it in the same form; one that found another planner better deploys nothing.
        var setup = world.Planners(null, 1);
        run.WriteGuard(new GuardVerdict("priced", 24, new Dictionary<string, double> { ["sac"] = 0.5, ["priced"] = 0.6 }));
        var planner = PolicyExport.Write(run, world, null, folder.At("priced"), () => setup);
        Assert.Equal(("priced", "priced", 1), (planner.Name, planner.Training.Guard!.Deploys, planner.Prior!.Weight));
        Assert.True(PolicyVerification.Run(folder.At("priced"), null, null).Passed);
        using (var deployed = DeployedPolicy.Open(folder.At("priced"), world.Profile))
        {
            var environment = world.Test.Environment(deployed.Model);
            var prices = new PricedPlanner(deployed.Model, [.. Enumerable.Range(0, deployed.Model.Count)], new(planner.Prior.DevicePrice, planner.Prior.UplinkPrice));
            for (environment.Reset(0); !environment.Truncated;)
            {
                var plan = deployed.Decide(environment.Observation, environment.Mask);
                Assert.Equal(prices.Decide(environment.Observation, environment.Mask), plan);
                environment.Step(plan);
            }
        }
        run.WriteGuard(new GuardVerdict("mpc", 24, new Dictionary<string, double> { ["sac"] = 0.5, ["mpc"] = 0.6 }));
        var refused = Assert.Throws<InputException>(() => PolicyExport.Write(run, world, null, folder.At("mpc"), () => setup)).Message;
        Assert.Contains("manifest.json:guard: deploys the planner mpc, which earned 0.6000", refused);
        Assert.Contains("--unguarded", refused);
        Assert.False(Directory.Exists(folder.At("mpc")));
        Assert.Equal("sac", PolicyExport.Write(run, world, null, folder.At("unguarded"), () => setup, unguarded: true).Name);

        RunFolder.WriteText(run.Manifest, File.ReadAllText(run.Manifest).Replace(world.ProfileHash, new string('0', 64)));
        Assert.Throws<InputException>(() => PolicyExport.Write(run, world, null, folder.At("other"), () => world.Planners(null, 1)));
        Assert.False(Directory.Exists(folder.At("other")));
    }

    [Theory]
    [InlineData("train.agent=hindsight")]
    [InlineData("train.agent=sac", "train.sac={plans: features, batch: 32, hidden: [16]}", "train.replay_capacity=500")]
    public void AnAgentThatJudgesPlansByWhatTheyTakeIsFrozenForANetworkThatItNeverSaw(params string[] agent)
    {
        using var folder = new TemporaryFolder();
        using var other = new TestConfig();
        string[] brief = [.. agent, "train.steps=480", "train.start_steps=120", "train.validate_every=240", "train.validation_windows=2"];
        var world = Experiment.Load(Repository.At("configs/quickstart.yaml"), brief).Build();
        var run = new RunFolder(folder.At("run"));
        var training = new TrainingRun(world, run, TimeProvider.System);
        training.Begin();
        training.Learn(_ => { }, CancellationToken.None);
        var elsewhere = Experiment.Load(other.Path, []).Build();
        var policy = PolicyExport.Write(run, elsewhere, null, folder.At("policy"), () => throw new InvalidOperationException("no planner is asked for"));
        Assert.Equal((true, world.ProfileHash, elsewhere.Plans.Hash), (policy.Training.Transfers, policy.Training.TrainedOn, policy.PlansSha256));
        Assert.NotEqual(world.ProfileHash, elsewhere.ProfileHash);
        using var deployed = DeployedPolicy.Open(folder.At("policy"), elsewhere.Profile);
        var (environment, learned) = (elsewhere.Test.Environment(deployed.Model), run.LoadBest(elsewhere));
        var twin = elsewhere.Test.Environment(elsewhere.CostModel);
        twin.Reset(0);
        for (environment.Reset(0); !environment.Truncated;)
        {
            var plan = deployed.Decide(environment.Observation, environment.Mask);
            var expected = learned.Decide(twin.Observation, twin.Mask);
            Assert.Equal(elsewhere.CostModel.Table.Plans[expected], deployed.Model.Table.Plans[plan]);
            environment.Step(plan);
            twin.Step(expected);
        }
        Assert.Equal(0, deployed.Fallbacks);
    }

    [Fact]
    public void ShieldAndProbingRuleAreDeployedWithTheAgentThatLearnedBehindThem()
    {
        using var folder = new TemporaryFolder();
        var world = Experiment.Load(Repository.At("configs/agents/sac.yaml"),
            ["train.shield=true", "train.probe_after_s=1", "train.steps=480", "train.start_steps=120", "train.validate_every=240", "train.validation_windows=2"]).Build();
        var run = new RunFolder(folder.At("run"));
        var training = new TrainingRun(world, run, TimeProvider.System);
        training.Begin();
        training.Learn(_ => { }, CancellationToken.None);
        var policy = PolicyExport.Write(run, world, null, folder.At("policy"), () => world.Planners(null, 1));
        Assert.Equal(new FrozenShield("deadline", DeadlineShield.OneInTen), policy.Shield);
        Assert.Equal(1, policy.ProbeAfterSeconds);
        using var deployed = DeployedPolicy.Open(folder.At("policy"), world.Profile);
        var (environment, twin) = (world.Test.Environment(deployed.Model), world.Test.Environment(world.CostModel));
        var (shield, rule) = (new DeadlineShield(deployed.Model), new ProbeRule(deployed.Model.Table.Plans.Plans, 1));
        var (narrowed, probing) = (0, 0);
        for (environment.Reset(0), twin.Reset(0); !environment.Truncated;)
        {
            var mask = environment.Mask.ToArray();
            shield.Apply(environment.Observation, mask);
            narrowed += mask.Contains(false) ? 1 : 0;
            var behind = mask.ToArray();
            rule.Apply(environment.Observation, mask);
            probing += mask.SequenceEqual(behind) ? 0 : 1;
            var plan = deployed.Decide(environment.Observation, environment.Mask);
            Assert.True(mask[plan]);
            Assert.Equal(world.Choices[plan], training.Loop.Best.Decide(twin.Observation, twin.Mask));
            environment.Step(plan);
            twin.Step(world.Choices[plan]);
        }
        Assert.True(narrowed > 10 && probing > 10, $"{narrowed} masks were narrowed by the shield, {probing} by the rule");
        Assert.Contains("\"probe_after_seconds\": 1", File.ReadAllText(folder.At("policy/policy.json")));
        Assert.Contains("\"shield\": {", File.ReadAllText(folder.At("policy/policy.json")));
    }
}
