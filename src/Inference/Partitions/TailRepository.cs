namespace RlOffload.Inference.Partitions;

/// <summary>Tails as files in the layout that Triton and OpenVINO's server load models from: NAME/1/model.onnx.</summary>
public static class TailRepository
{
    /// <param name="name">Of the tail of an exit from a cut.</param>
    /// <returns>How many were written.</returns>
    public static int Write(SplitNetwork network, IEnumerable<PartKey> parts, string folder, Func<int, int, string> name)
    {
        var count = 0;
        foreach (var part in parts)
        {
            var version = Path.Combine(folder, name(part.Exit, part.Cut), "1");
            Directory.CreateDirectory(version);
            network.Tail(part.Exit, part.Cut).Save(Path.Combine(version, "model.onnx"));
            count++;
        }
        return count;
    }
}
