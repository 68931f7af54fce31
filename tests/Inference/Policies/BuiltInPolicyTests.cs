using RlOffload.Agents.Diffusion;
using RlOffload.Agents.Dqn;
using RlOffload.Agents.Pricing;
using RlOffload.Agents.Planners;
using RlOffload.Agents.Replay;
using RlOffload.Agents.Sac;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Policies;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;
using RlOffload.Tests.Agents.Hindsight;

namespace RlOffload.Tests.Inference.Policies;

public sealed class BuiltInPolicyTests : IDisposable
{
    private const int Observations = 23, Actions = 37;

    private readonly TemporaryFolder _folder = new();
    private readonly TestNetwork _network;

    public BuiltInPolicyTests() => _network = new TestNetwork(_folder);

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Agents => ["sac", "sac wide", "sac with prior", "dqn", "diffusion", "pricing", "pricing by a line", "pricing with a leaning", "pricing with a margin", "priced"];

    [Theory]
    [InlineData("Cast")]
    [InlineData("Reshape")]
    [InlineData("MatMul")]
    public void ANodeWithoutInputsIsRefused(string op)
    {
        var model = OnnxModel.Parse(_network.Weights.Graph(), "policy.onnx");
        model.Proto.Graph.Node[^1].OpType = op;
        model.Proto.Graph.Node[^1].Input.Clear();
        Assert.Contains("policy.onnx:node", Assert.Throws<InputException>(() => new BuiltInPolicy(model.ToBytes(), "policy.onnx", _network.Describe())).Message);
    }

    [Fact]
    public void ProductsThatWouldTakeSecondsAreRefusedBeforeTheyAreWorkedOut()
    {
        var model = OnnxModel.Parse(_network.Weights.Graph(), "policy.onnx");
        var graph = model.Proto.Graph;
        graph.Initializer.Add(new TensorProto { Name = "unit", DataType = (int)TensorProto.Types.DataType.Float, Dims = { 1, 1 }, FloatData = { 1 } });
        graph.Initializer.Add(new TensorProto { Name = "large", DataType = (int)TensorProto.Types.DataType.Int64, Dims = { 2 }, Int64Data = { 2000, 2000 } });
        graph.Node.Insert(0, new NodeProto { OpType = "Expand", Input = { "unit", "large" }, Output = { "matrix" } });
        graph.Node.Insert(1, new NodeProto { OpType = "MatMul", Input = { "matrix", "matrix" }, Output = { "product" } });
        graph.Node[^1].Input[0] = "product";
        Assert.Contains("takes more than 1073741824 multiplications", Assert.Throws<InputException>(() => new BuiltInPolicy(model.ToBytes(), "policy.onnx", _network.Describe())).Message);
    }

    [Theory, MemberData(nameof(Agents))]
    public void EveryAgentsGraphGivesTheLogitsThatOnnxRuntimeGives(string agent)
    {
        var (graph, observations, actions) = GraphOf(agent);
        var prior = agent is "sac with prior" or "priced";
        var policy = Shaped(observations, actions, prior);
        using var ort = new PolicySession(graph, "policy.onnx", policy);
        using var own = new BuiltInPolicy(graph, "policy.onnx", policy);
        var rng = new Rng(8);
        for (var i = 0; i < 100; i++)
        {
            // Far outside what was seen now and then, so that clips are met.
            foreach (ref var x in own.Observation.AsSpan())
                x = (float)((i % 5 == 0 ? 300 : 2) * rng.NextGaussian());
            foreach (ref var m in own.Mask.AsSpan())
                m = rng.NextDouble() < 0.7 ? 1 : 0;
            own.Mask[i % actions] = 1;
            foreach (ref var p in own.Prior.AsSpan())
                p = (float)rng.NextGaussian();
            own.Observation.CopyTo(ort.Observation, 0);
            own.Mask.CopyTo(ort.Mask, 0);
            own.Prior.CopyTo(ort.Prior, 0);
            ort.Run();
            own.Run();
            Assert.Equal(ort.Best(), own.Best());
            var scale = ort.Logits.Where((_, p) => ort.Mask[p] == 1).Max(Math.Abs);
            for (var p = 0; p < actions; p++)
                Assert.Equal(ort.Logits[p], own.Logits[p], own.Mask[p] == 1 ? 1e-5f * scale : 0);
        }
        // Once in a while the runtime itself allocates on a thread whose code it replaces by better code; a run that allocates does so every time.
        var least = long.MaxValue;
        for (var round = 0; round < 5 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 50; i++)
                own.Run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    [Fact]
    public void TheShippedPolicyAndATestPolicyReplayTheirGoldenVectors()
    {
        var folder = Repository.At("checkpoints/quickstart");
        using (var policy = DeployedPolicy.Open(folder, FrozenPolicyFile.Read(folder), ProfileFile.Read(Repository.At("models/fashion_frames.profile.json")), engine: PolicyEngine.BuiltIn))
            Assert.Empty(policy.Replay().Problems);
        using var own = new BuiltInPolicy(_network.Weights.Graph(), "policy.onnx", _network.Describe());
        Assert.Empty(GoldenReplay.Run(own, _network.Describe().Golden).Problems);
    }

    [Fact]
    public void ItIsTakenWhereItDecidesAsRecordedAndOnnxRuntimeElsewhere()
    {
        _network.WritePolicy();
        string Engine(FrozenPolicy policy)
        {
            using var opened = PolicyFunction.Open(FrozenPolicyFile.ReadGraph(_network.PolicyPath), "policy.onnx", policy, PolicyEngine.Auto);
            return opened.GetType().Name;
        }
        var policy = FrozenPolicyFile.Read(_network.PolicyPath);
        Assert.Equal(nameof(BuiltInPolicy), Engine(policy));
        Assert.Equal(nameof(PolicySession), Engine(policy with { Golden = [policy.Golden[0] with { Logits = [.. policy.Golden[0].Logits.Select(l => l + 1)] }] }));
        using var deployed = DeployedPolicy.Open(_network.PolicyPath, _network.Profile);
        Assert.Equal("builtin", deployed.Engine);
    }

    [Fact]
    public void WhatItCannotRunIsRefusedWithTheNode()
    {
        string Refusal(byte[] graph, FrozenPolicy? policy = null) => Assert.Throws<InputException>(() => new BuiltInPolicy(graph, "policy.onnx", policy ?? _network.Describe())).Message;
        byte[] Changed(Action<GraphProto> change)
        {
            var model = OnnxModel.Parse(_network.Weights.Graph(), "policy.onnx");
            change(model.Proto.Graph);
            return model.ToBytes();
        }
        Assert.StartsWith("policy.onnx:", Refusal([1, 2, 3]), StringComparison.Ordinal);
        Assert.Contains("is Softplus in a form that the built-in executor does not know; allowed is what 'rloffload export' writes", Refusal(Changed(g => g.Node.Single(n => n.OpType == "Relu").OpType = "Softplus")), StringComparison.Ordinal);
        Assert.Contains("lacks its input 0 as float", Refusal(Changed(g => g.Node.Single(n => n.OpType == "Relu").Input[0] = "nowhere")), StringComparison.Ordinal);
        Assert.Contains("'w1'", Refusal(Changed(g => g.Initializer.Single(i => i.Name == "w1").Dims[0]--)), StringComparison.Ordinal);
        Assert.Contains("allowed are matrices that fit", Refusal(Changed(g => g.Node.First(n => n.OpType == "MatMul").Input[1] = "w2")), StringComparison.Ordinal);
        Assert.Contains("'w1'", Refusal(Changed(g => g.Initializer.Single(i => i.Name == "w1").Dims[0] = -5)), StringComparison.Ordinal);
        Assert.Contains("input 'observation': is no float [1, 3]", Refusal(_network.Weights.Graph(), _network.Describe() with { Observation = [.. _network.Describe().Observation.Take(3)] }), StringComparison.Ordinal);
        Assert.Contains("input 'prior': is missing", Refusal(_network.Weights.Graph(), _network.Describe() with { Prior = new FrozenPrior(0, 0, 1) }), StringComparison.Ordinal);
        Assert.Contains("output 'logits': is missing", Refusal(Changed(g => g.Node.Single(n => n.Output[0] == "logits").Output[0] = "other")), StringComparison.Ordinal);
    }

    private FrozenPolicy Shaped(int observations, int actions, bool prior)
    {
        var any = _network.Describe();
        return any with
        {
            Observation = [.. Enumerable.Repeat(any.Observation[0], observations)], Plans = [.. Enumerable.Repeat(any.Plans[0], actions)], Prior = prior ? new FrozenPrior(0, 0, 1) : null,
        };
    }

    private static (byte[] Graph, int Observations, int Actions) GraphOf(string agent)
    {
        var world = HindsightWorld.Bursts;
        switch (agent)
        {
            case "pricing" or "pricing by a line" or "pricing with a leaning" or "pricing with a margin":
                var pricing = new PlanPricing(world.View, agent == "pricing by a line" ? [] : [16], clip: 5, leans: agent == "pricing with a leaning");
                var rng = new Rng(1);
                pricing.Begin(new StationPrices(0.1, 0.4), 0.6, ref rng);
                pricing.Network.Initialise(ref rng);
                pricing.Leaning?.Initialise(ref rng);
                return (new PricingPolicy(pricing, () => pricing, agent == "pricing with a margin" ? 0.7 : 0).Freeze().Graph.ToBytes(), world.View.Size, world.View.Actions);
            case "priced":
                return (new PricedPolicy(world.View, new StationPrices(0.1, 0.4)).Freeze().Graph.ToBytes(), world.View.Size, world.View.Actions);
            case "diffusion":
                return (new DiffusionSac(Observations, Actions, new DiffusionOptions { Hidden = 32 }, 1).Lower().ToBytes(), Observations, Actions);
            default:
                int[] hidden = agent == "sac wide" ? [256, 256] : [48, 31];
                IReplayLearner learner = agent == "dqn" ? new DoubleDqn(Observations, Actions, new DqnOptions { Hidden = hidden }, 3)
                    : new DiscreteSac(Observations, Actions, new SacOptions { Hidden = hidden, ActorOutputScale = 1, PriorWeight = agent == "sac with prior" ? 1 : 0 }, 3);
                return (learner.Lower().ToBytes(), Observations, Actions);
        }
    }
}
