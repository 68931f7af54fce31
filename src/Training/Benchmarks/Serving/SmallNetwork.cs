using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;
using RlOffload.Onnx;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Training.Benchmarks.Serving;

/// <summary>
/// A network whose tails are as small as the classic one for MNIST (two 5x5 convolutions and a product, 1.0 million multiply-adds) behind tensors of 100 KiB and
/// of 4 KiB, with random weights. Its profile names its cuts; the times in it are not measured and nothing here reads them.
/// </summary>
public static class SmallNetwork
{
    /// <summary>25 x 32 x 32 float32, 100 KiB.</summary>
    public const int LargeCut = 1;

    /// <summary>32 x 32 float32, 4 KiB.</summary>
    public const int SmallCut = 2;

    private const int Channels = 25;
    private const int Side = 32;
    private const int Classes = 10;

    /// <summary>Writes network.onnx and network.profile.json to a folder.</summary>
    /// <returns>The path of the network.</returns>
    public static string Write(string folder)
    {
        var path = Path.Combine(folder, "network.onnx");
        new NetworkBuilder(1, "frame", [1, 1, Side, Side]).Stage("frame", "large", 1, Channels, 1).Stage("large", "small", Channels, 1, 1, kernel: 1)
            .Stage("small", "a", 1, 8, 1, kernel: 5).Pool("a", "a2", 2).Stage("a2", "b", 8, 16, 1, kernel: 5).Pool("b", "b3", 3).Exit("b3", "class", 16 * 5 * 5, Classes).Save(path);
        ProfileFile.Write(Profile(path), Path.ChangeExtension(path, ".profile.json"));
        return path;
    }

    private static ModelProfile Profile(string path)
    {
        var one = new Duration(1, 1);
        static CutPoint Cut(int id, string tensor, params long[] shape) =>
            new(id, tensor == "frame" ? "input" : tensor, [new TensorInfo(DataType.Float, shape).ToCutTensor(tensor)]);
        return new ModelProfile
        {
            Model = new ProfiledModel("network.onnx", SplitNetwork.HashOf(path), "frame", [1, 1, Side, Side], "float"),
            Machine = new MeasuringMachine("none", "none", "none", "none", 1, "all", 1, "none"),
            Assumptions = ["The times are not measured: they only have to be there."],
            Cuts = [Cut(0, "frame", 1, 1, Side, Side), Cut(LargeCut, "large", 1, Channels, Side, Side), Cut(SmallCut, "small", 1, 1, Side, Side), Cut(3, "class", 1, Classes)],
            Exits = [new ExitBranch(0, "class")],
            Partitions =
            [
                .. Enumerable.Range(0, 3).Select(c => new Partition(0, c, false, one, one, 0)),
                new Partition(0, 3, true, one, new Duration(0, 0), 0),
            ],
            WholeMs = [one],
        };
    }
}
