using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Policies;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Tests.Inference;

/// <summary>
/// A convolutional network of random weights with two exits, a profile of it whose times are made up, and a policy of random weights on both,
/// written to a folder as a user would have them: network.onnx, network.profile.json and policy/.
/// </summary>
internal sealed class TestNetwork
{
    public const int Classes = 10;
    public const int Side = 16;
    public const int FrameBytes = 3 * Side * Side;

    private readonly Rng _seed;
    private readonly bool _flattens;
    private readonly int _filters;

    /// <param name="headMs">Time of the whole network up to its last exit on the machine of the profile.</param>
    /// <param name="flattens">Whether exits are flattened whatever their first dimension is; else their shape is fixed to one row.</param>
    /// <param name="filters">Of the first convolution: how large the tensors of cut 1 are.</param>
    public TestNetwork(TemporaryFolder folder, double headMs = 2, Scenario? scenario = null, ulong seed = 1, bool flattens = true, int filters = 8)
    {
        (_flattens, _filters) = (flattens, filters);
        _seed = new Rng(seed);
        ModelPath = folder.At("network.onnx");
        ProfilePath = folder.At("network.profile.json");
        PolicyPath = folder.At("policy");
        Scenario = scenario ?? new Scenario
        {
            Device = new DeviceSpec(TimeFactor: 10),
            Uplink = new UplinkSpec(PriorBitsPerSecond: 2e5, PriorRtt: 0.004),
            Arrivals = new ArrivalSpec(ArrivalKind.Poisson, MeanGap: 0.05),
            Deadlines = new DeadlineSpec(Median: 0.12, Spread: 0.3),
            Requests = 40,
        };
        MakeModel().Save(ModelPath);
        Profile = MakeProfile(headMs);
        ProfileFile.Write(Profile, ProfilePath);
        Weights = new PolicyWeights(_seed, Model());
    }

    public string ModelPath { get; }
    public string ProfilePath { get; }
    public string PolicyPath { get; }
    public Scenario Scenario { get; }
    public ModelProfile Profile { get; }
    public PolicyWeights Weights { get; }

    public CostModel Model()
    {
        var table = PlanTable.Of(Profile, [4, 8, 32], probe: true, clocks: Scenario.Device.Clocks);
        return new CostModel(new CostTable(Profile, table, Scenario), Scenario);
    }

    /// <summary>The policy, with golden vectors from observations of its own scenario.</summary>
    public FrozenPolicy Describe(PolicyWeights? weights = null)
    {
        var model = Model();
        var layout = new ObservationLayout(model);
        var rng = _seed;
        var golden = Enumerable.Range(0, 20).Select(_ =>
        {
            var observation = Enumerable.Range(0, layout.Size).Select(_ => (float)rng.NextGaussian()).ToArray();
            var mask = Enumerable.Range(0, model.Count).Select(p => p == 0 || rng.NextDouble() < 0.7).ToArray();
            var logits = (weights ?? Weights).Logits(observation, mask);
            return new GoldenVector(observation, new string([.. mask.Select(m => m ? '1' : '0')]), logits, PolicyWeights.Best(logits));
        });
        return new FrozenPolicy
        {
            Name = "test",
            Model = new FrozenModel("../network.onnx", Profile.Model.Sha256),
            Profile = new FrozenProfile("../network.profile.json", ProfileHashes.Of(Profile)),
            Observation = layout.Fields,
            Plans = [.. model.Table.Plans.Plans.Select(FrozenPlan.Of)],
            PlansSha256 = model.Table.Plans.Hash,
            Scenario = Scenario,
            Golden = [.. golden],
            Training = new TrainingManifest("none", 1, 0, "2026-01-01", "", new Dictionary<string, string> { ["rloffload"] = "test" }),
        };
    }

    public void WritePolicy() => FrozenPolicyFile.Write(PolicyPath, Describe(), Weights.Graph());

    /// <summary>A policy of other weights for the same network and plans, written to the same place.</summary>
    /// <returns>Its hash.</returns>
    public string WriteOtherPolicy(ulong seed)
    {
        var weights = new PolicyWeights(new Rng(seed), Model());
        FrozenPolicyFile.Write(PolicyPath, Describe(weights), weights.Graph());
        return FrozenPolicyFile.HashOf(FrozenPolicyFile.Read(PolicyPath));
    }

    /// <summary>The bytes of a frame that depends on its index alone.</summary>
    public static byte[] Frame(int index)
    {
        var rng = new Rng((ulong)index + 77);
        return [.. Enumerable.Range(0, FrameBytes).Select(_ => (byte)rng.NextInt(256))];
    }

    private OnnxModel MakeModel()
    {
        var rng = _seed;
        var graph = new GraphProto { Name = "network" };
        graph.Input.Add(TensorTypes.Info("frame", DataType.Float, [1, 3, 16, 16]));
        Conv(graph, ref rng, "frame", "a", 3, _filters);
        Exit(graph, ref rng, "a", "exit1", _filters);
        Conv(graph, ref rng, "a", "b", _filters, 16);
        Exit(graph, ref rng, "b", "exit2", 16);
        graph.Output.Add(TensorTypes.Info("exit1", DataType.Float, [1, Classes]));
        graph.Output.Add(TensorTypes.Info("exit2", DataType.Float, [1, Classes]));
        return Wrap(graph, ModelPath);
    }

    private static void Conv(GraphProto graph, ref Rng rng, string from, string to, int channels, int filters)
    {
        Weight(graph, ref rng, $"{to}.w", [filters, channels, 3, 3], 1 / Math.Sqrt(9 * channels));
        Weight(graph, ref rng, $"{to}.b", [filters], 0.1);
        var conv = new NodeProto { OpType = "Conv", Input = { from, $"{to}.w", $"{to}.b" }, Output = { $"{to}.conv" } };
        conv.Attribute.Add(Ints("strides", 2, 2));
        conv.Attribute.Add(Ints("pads", 1, 1, 1, 1));
        graph.Node.Add(conv);
        graph.Node.Add(new NodeProto { OpType = "Relu", Input = { $"{to}.conv" }, Output = { to } });
    }

    private void Exit(GraphProto graph, ref Rng rng, string from, string to, int channels)
    {
        Weight(graph, ref rng, $"{to}.w", [channels, Classes], 1);
        Weight(graph, ref rng, $"{to}.b", [Classes], 0.1);
        graph.Node.Add(new NodeProto { OpType = "GlobalAveragePool", Input = { from }, Output = { $"{to}.pool" } });
        if (_flattens)
        {
            graph.Node.Add(new NodeProto { OpType = "Flatten", Input = { $"{to}.pool" }, Output = { $"{to}.flat" } });
        }
        else
        {
            graph.Initializer.Add(new TensorProto { Name = $"{to}.shape", DataType = (int)DataType.Int64, Dims = { 2 }, Int64Data = { 1, channels } });
            graph.Node.Add(new NodeProto { OpType = "Reshape", Input = { $"{to}.pool", $"{to}.shape" }, Output = { $"{to}.flat" } });
        }
        graph.Node.Add(new NodeProto { OpType = "Gemm", Input = { $"{to}.flat", $"{to}.w", $"{to}.b" }, Output = { to } });
    }

    public static void Weight(GraphProto graph, ref Rng rng, string name, long[] shape, double scale)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Float };
        tensor.Dims.Add(shape);
        for (var i = 0; i < shape.Aggregate(1L, (a, b) => a * b); i++)
            tensor.FloatData.Add((float)(scale * rng.NextGaussian()));
        graph.Initializer.Add(tensor);
    }

    public static OnnxModel Wrap(GraphProto graph, string source)
    {
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        return new OnnxModel(model, source);
    }

    private static AttributeProto Ints(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.Add(values);
        return attribute;
    }

    private ModelProfile MakeProfile(double headMs)
    {
        static Duration Ms(double t) => new(t, t);
        static CutPoint Cut(int id, string after, params long[] shape) =>
            new(id, after, [new(after == "input" ? "frame" : after, shape.Aggregate(1L, (a, b) => a * b), 4 * shape.Aggregate(1L, (a, b) => a * b), "float", shape)]);
        double[] whole = [0.6 * headMs, headMs], prefix = [0, 0.5 * headMs, 0.9 * headMs], accuracy = [0.6, 0.8];
        var partitions = new List<Partition>();
        var cells = new List<AccuracyCell>();
        for (var e = 0; e < 2; e++)
        {
            for (var c = 0; c <= e + 1; c++)
            {
                partitions.Add(new(e, c, false, Ms(prefix[c]), Ms(whole[e] - prefix[c]), 1000 * c));
                cells.AddRange(((int, double)[])[(4, 0.03), (8, 0.002), (32, 0.0)] is var losses
                    ? losses.Select(l => new AccuracyCell(e, c, l.Item1, accuracy[e] - (c == 0 ? 0 : l.Item2))) : []);
            }
            partitions.Add(new(e, 3 + e, true, Ms(whole[e]), Ms(0), 5000));
        }
        return new ModelProfile
        {
            Model = new("network.onnx", SplitNetwork.HashOf(ModelPath), "frame", [1, 3, 16, 16], "float", null, new PixelScale(1 / 255.0, [0.5, 0.4, 0.3], [0.25, 0.3, 0.35])),
            Machine = new("test", "test", "10", "1.29.0", 1, "all", 30, "2026-01-01"),
            Cuts = [Cut(0, "input", 1, 3, 16, 16), Cut(1, "a", 1, _filters, 8, 8), Cut(2, "b", 1, 16, 4, 4), Cut(3, "exit1", 1, Classes), Cut(4, "exit2", 1, Classes)],
            Exits = [new(0, "exit1", accuracy[0]), new(1, "exit2", accuracy[1])],
            Partitions = partitions,
            WholeMs = [.. whole.Select(Ms)],
            Accuracy = cells,
            InputEncodings = [new("raw", FrameBytes, 0), new("deflate", 700, 0)],
        };
    }
}
