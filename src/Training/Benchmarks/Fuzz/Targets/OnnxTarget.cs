using RlOffload.Environment;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Policies;
using RlOffload.Onnx;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>
/// ONNX files: read by this project's own reader with what lies beside them (external data), put in order, searched for cuts, cut; and, where that is asked for, what
/// the reader accepts is opened by ONNX Runtime.
/// </summary>
internal sealed class OnnxTarget : IFuzzTarget
{
    private readonly string _file;
    private readonly bool _native;
    private readonly Mutator _mutator;

    public OnnxTarget(string folder, bool native)
    {
        _file = Path.Combine(folder, "input.onnx");
        _native = native;
        using var network = new FuzzNetwork(folder);
        _mutator = new Mutator(InputShape.Protobuf, [.. OnnxSeeds.All(folder), new FuzzPolicy(network.Profile).File(PolicyForm.Onnx)]);
    }

    public byte[] Make(ref Rng rng) => _mutator.Make(ref rng);

    public bool Read(byte[] input)
    {
        InputFile.Write(_file, input);
        try
        {
            var model = OnnxModel.Load(_file);
            var graph = new GraphView(model);
            if (_native)
            {
                using var opened = new SubModel(model);
                return true;
            }
            var exits = graph.Outputs.Select(o => (IReadOnlyList<string>)[o.Name]).ToList();
            var cutter = new Cutter(graph);
            foreach (var cut in CutFinder.Find(graph, exits).Where(c => c.Depth > 0).Take(3))
                cutter.Extract(graph.Inputs, cut.Tensors, "head").ToBytes();
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    public void Dispose() => File.Delete(_file);
}
