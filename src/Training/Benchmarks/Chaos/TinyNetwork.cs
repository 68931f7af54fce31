using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;

namespace RlOffload.Training.Benchmarks.Chaos;

/// <summary>
/// A convolutional network of random weights with two exits that takes some 20 us, and its profile: what a bench runs where transport and control are to be
/// tried rather than the network. Frames of 3x16x16 bytes, cuts after the input, 'a' (8x8x8), 'b' (16x4x4).
/// </summary>
public static class TinyNetwork
{
    public const int FrameBytes = 3 * 16 * 16;
    public const int Exits = 2;

    private const int Classes = 10;

    /// <summary>Writes network.onnx and network.profile.json.</summary>
    public static (string Model, string Profile) Write(string folder, ulong seed)
    {
        var (model, profile) = (Path.Combine(folder, "network.onnx"), Path.Combine(folder, "network.profile.json"));
        new NetworkBuilder(seed, "frame", [1, 3, 16, 16]).Stage("frame", "a", 3, 8, 2).Exit("a", "exit1", 8 * 8 * 8, Classes)
            .Stage("a", "b", 8, 16, 2).Exit("b", "exit2", 16 * 4 * 4, Classes).Save(model);
        ProfileFile.Write(Describe(SplitNetwork.HashOf(model)), profile);
        return (model, profile);
    }

    public static byte[] Frame(ulong seed)
    {
        var rng = new Rng(seed);
        return [.. Enumerable.Range(0, FrameBytes).Select(_ => (byte)rng.NextInt(256))];
    }

    private static ModelProfile Describe(string sha256)
    {
        static Duration Ms(double t) => new(t, t);
        double[] whole = [0.03, 0.05], prefix = [0, 0.02, 0.04];
        var partitions = new List<Partition>();
        var cells = new List<AccuracyCell>();
        for (var e = 0; e < Exits; e++)
        {
            for (var c = 0; c <= e + 1; c++)
            {
                partitions.Add(new(e, c, false, Ms(prefix[c]), Ms(whole[e] - prefix[c]), 1000 * c));
                cells.AddRange(((int[])[2, 4, 8, 16, 32]).Select(b => new AccuracyCell(e, c, b, 0.6 + 0.2 * e)));
            }
            partitions.Add(new(e, 3 + e, true, Ms(whole[e]), Ms(0), 5000));
        }
        return new ModelProfile
        {
            Model = new("network.onnx", sha256, "frame", [1, 3, 16, 16], "float", null, new PixelScale(1 / 255.0, [0.5, 0.4, 0.3], [0.25, 0.3, 0.35])),
            Machine = new("any", "any", "10", "1.29.0", 1, "all", 1, "2026-01-01"),
            Cuts = [Cut(0, "input", "frame", 1, 3, 16, 16), Cut(1, "a", "a", 1, 8, 8, 8), Cut(2, "b", "b", 1, 16, 4, 4), Cut(3, "exit1", "exit1", 1, Classes), Cut(4, "exit2", "exit2", 1, Classes)],
            Exits = [new(0, "exit1", 0.6), new(1, "exit2", 0.8)],
            Partitions = partitions,
            WholeMs = [.. whole.Select(Ms)],
            Accuracy = cells,
            InputEncodings = [new("raw", FrameBytes, 0)],
        };
    }

    private static CutPoint Cut(int id, string after, string tensor, params long[] shape)
    {
        var elements = shape.Aggregate(1L, (a, b) => a * b);
        return new(id, after, [new(tensor, elements, 4 * elements, "float", shape)]);
    }
}
