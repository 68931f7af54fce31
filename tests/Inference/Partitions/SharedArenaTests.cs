using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;

namespace RlOffload.Tests.Inference.Partitions;

public sealed class SharedArenaTests
{
    /// <summary>Many requests at once, each on tensors of its own: what one computes with is never another's.</summary>
    [Fact]
    public void PartsThatRunAtTheSameTimeAnswerAsTheyDoAlone()
    {
        using var parts = new PartitionSet(Repository.At("models/fashion_frames.onnx"), ProfileFile.Read(Repository.At("models/fashion_frames.profile.json")));
        var deepest = parts.Profile.Exits.Count - 1;
        float[] Answer(int image, int cut)
        {
            using var store = new TensorStore(parts);
            for (var i = 0; i < store.Input.Bytes.Length; i += 4)
                BitConverter.TryWriteBytes(store.Input.Bytes[i..], (i + image) % 17 / 17f);
            store.RunHead(cut);
            store.RunTail(deepest, cut);
            return store.Answer(deepest)[0].Floats.ToArray();
        }
        var cuts = parts.Profile.Partitions.Where(p => p.Exit == deepest && p.Cut > 0 && !p.Local).Select(p => p.Cut).Take(3).ToArray();
        var alone = Enumerable.Range(0, 12).Select(i => Answer(i, cuts[i % cuts.Length])).ToArray();
        var together = new float[alone.Length][];
        Parallel.For(0, alone.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => together[i] = Answer(i, cuts[i % cuts.Length]));
        Assert.Equal(alone, together);
    }
}
