using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Policies.Distilled;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Frozen policies of random numbers for the small network: a graph, a tree and a table, each with golden vectors.</summary>
internal sealed class FuzzPolicy
{
    private static readonly Scenario World = new()
    {
        Uplink = new UplinkSpec(InputEncoding: "raw"), Device = new DeviceSpec(TimeFactor: 10, Clocks: [new Clock(8e7, 2, 1)]), Server = new ServerSpec(Loads: [1, 4]),
    };

    private readonly ModelProfile _profile;
    private readonly CostModel _model;
    private readonly ObservationLayout _layout;
    private readonly float[] _numbers;

    public FuzzPolicy(ModelProfile profile)
    {
        _profile = profile;
        _model = new CostModel(new CostTable(profile, PlanTable.Of(profile, [4], probe: false), World), World);
        _layout = new ObservationLayout(_model);
        var rng = new Rng(3);
        _numbers = [.. Enumerable.Range(0, _layout.Size * _model.Count).Select(_ => (float)(0.1 * rng.NextGaussian()))];
    }

    /// <summary>Its file, in every form.</summary>
    public byte[] File(PolicyForm form) => form == PolicyForm.Onnx ? Graph() : Regions(form).ToBytes();

    /// <summary>Its description; the graph's hash is that of the file.</summary>
    public FrozenPolicy Describe(PolicyForm form)
    {
        var policy = new FrozenPolicy
        {
            Name = "fuzz",
            Form = form,
            Model = new FrozenModel("../network.onnx", _profile.Model.Sha256),
            Profile = new FrozenProfile("../network.profile.json", ProfileHashes.Of(_profile)),
            Observation = _layout.Fields,
            Plans = [.. _model.Table.Plans.Plans.Select(FrozenPlan.Of)],
            PlansSha256 = _model.Table.Plans.Hash,
            Scenario = World,
            Shield = new FrozenShield(DeadlineShield.Rule, 1),
            Golden = [],
            Training = new TrainingManifest("small", 1, 1000, "2026-01-01", "none", new Dictionary<string, string> { ["rloffload"] = "0" }, 0.5),
        };
        using var function = PolicyFunction.Open(File(form), "policy", policy);
        return policy with { Golden = [.. Enumerable.Range(0, FrozenPolicyFile.LeastGolden).Select(i => Ask(function, (ulong)i))] };
    }

    private static GoldenVector Ask(IPolicyFunction function, ulong seed)
    {
        var rng = new Rng(seed);
        foreach (ref var number in function.Observation.AsSpan())
            number = MathF.Round((float)rng.NextGaussian(), 2);
        for (var p = 0; p < function.Mask.Length; p++)
            function.Mask[p] = p == 0 || rng.NextInt(3) > 0 ? 1 : 0;
        function.Run();
        return new GoldenVector([.. function.Observation], new string([.. function.Mask.Select(m => m == 0 ? '0' : '1')]), [.. function.Logits], function.Best());
    }

    private RegionPolicy Regions(PolicyForm form)
    {
        IRegions regions = form == PolicyForm.Tree ? new DecisionTree([new(1, 0.5f, 1, ~0), new(2, -0.5f, ~1, 2), new(0, 0, ~2, ~3)])
            : new LookupTable([new(1, [-0.5f, 0.5f]), new(2, [0])]);
        var first = _layout.Fields.ToList().FindIndex(f => f.Name.StartsWith("expected_reward[", StringComparison.Ordinal));
        return new RegionPolicy(regions, _layout.Size, _model.Count, first, 1, [.. Enumerable.Range(0, regions.Count).Select(r => r / 2f)],
            [.. Enumerable.Range(0, regions.Count * _model.Count).Select(i => _numbers[i % _numbers.Length])]);
    }

    /// <summary>A graph with each kind of node that the built-in executor knows; its numbers mean nothing.</summary>
    public byte[] EveryOperator()
    {
        var model = OnnxModel.Parse(Graph(), "policy");
        var graph = model.Proto.Graph;
        void Node(string op, string to, string[] from, params AttributeProto[] attributes)
        {
            var node = new NodeProto { OpType = op, Output = { to } };
            node.Input.Add(from);
            node.Attribute.Add(attributes);
            graph.Node.Add(node);
        }
        void Numbers(string name, params long[] values)
        {
            var tensor = new TensorProto { Name = name, DataType = (int)DataType.Int64, Dims = { values.Length } };
            tensor.Int64Data.Add(values);
            graph.Initializer.Add(tensor);
        }
        static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };
        Numbers("axis", 1);
        Numbers("pick", 0, 1, 0);
        Numbers("wide", 1, _model.Count);
        Numbers("back", -1, 1);
        graph.Node.RemoveAt(graph.Node.Count - 1);
        Node("Clip", "clipped", ["m", "one", "far"]);
        Node("LogSoftmax", "log", ["clipped"], Int("axis", -1));
        Node("Exp", "e", ["log"]);
        Node("Sqrt", "s", ["e"]);
        Node("Tanh", "t", ["s"]);
        Node("Relu", "r", ["t"]);
        Node("Greater", "g", ["r", "m"]);
        Node("Cast", "c", ["g"], Int("to", (long)DataType.Float));
        Node("Max", "x", ["c", "r"]);
        Node("Div", "d", ["x", "far"]);
        Node("Reshape", "column", ["d", "back"]);
        Node("Transpose", "row", ["column"]);
        Node("Gather", "few", ["row", "pick"], Int("axis", 1));
        Node("ReduceSum", "sum", ["few", "axis"], Int("keepdims", 1));
        Node("Expand", "all", ["sum", "wide"]);
        Node("Gemm", "square", ["column", "all"]);
        Node("MatMul", "back to row", ["all", "square"]);
        Node("Add", "both", ["back to row", "m"]);
        Node("Add", "logits", ["both", "away"]);
        return model.ToBytes();
    }

    /// <summary>logits = observation x W + (mask - 1) x 1e9.</summary>
    private byte[] Graph()
    {
        var graph = new GraphProto { Name = "policy" };
        var weights = new TensorProto { Name = "w", DataType = (int)DataType.Float };
        weights.Dims.Add([_layout.Size, _model.Count]);
        weights.FloatData.Add(_numbers);
        graph.Initializer.Add(weights);
        graph.Initializer.Add(new TensorProto { Name = "one", DataType = (int)DataType.Float, FloatData = { 1f } });
        graph.Initializer.Add(new TensorProto { Name = "far", DataType = (int)DataType.Float, FloatData = { 1e9f } });
        graph.Input.Add(TensorTypes.Info("observation", DataType.Float, [1, _layout.Size]));
        graph.Input.Add(TensorTypes.Info("mask", DataType.Float, [1, _model.Count]));
        graph.Output.Add(TensorTypes.Info("logits", DataType.Float, [1, _model.Count]));
        graph.Node.Add(new NodeProto { OpType = "MatMul", Input = { "observation", "w" }, Output = { "m" } });
        graph.Node.Add(new NodeProto { OpType = "Sub", Input = { "mask", "one" }, Output = { "closed" } });
        graph.Node.Add(new NodeProto { OpType = "Mul", Input = { "closed", "far" }, Output = { "away" } });
        graph.Node.Add(new NodeProto { OpType = "Add", Input = { "m", "away" }, Output = { "logits" } });
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        return new OnnxModel(model, "policy").ToBytes();
    }
}
