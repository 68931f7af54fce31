using RlOffload.Environment;

namespace RlOffload.Training.Benchmarks.Fuzz.Mutations;

internal enum InputShape : byte { Binary, Text, Protobuf }

/// <summary>Makes an input out of valid ones: one of them, changed once or a few times.</summary>
/// <param name="seeds">Valid inputs; at least one.</param>
internal sealed class Mutator(InputShape shape, IReadOnlyList<byte[]> seeds)
{
    private const int MostEdits = 8;

    /// <summary>One input in 64 is a valid one as it is: that it is accepted shows that the reader is reached.</summary>
    private const int Unchanged = 64;

    public byte[] Make(ref Rng rng)
    {
        var bytes = seeds[rng.NextInt(seeds.Count)];
        if (rng.NextInt(Unchanged) == 0)
            return bytes;
        // Half of the inputs are changed once, a quarter twice, and so on: those with one change get deepest.
        for (var edits = 0; edits < MostEdits && (edits == 0 || rng.NextInt(2) == 0); edits++)
        {
            var other = seeds[rng.NextInt(seeds.Count)];
            bytes = shape switch
            {
                InputShape.Text => TextEdits.Edit(bytes, other, ref rng),
                InputShape.Protobuf => ProtobufEdits.Edit(bytes, other, ref rng),
                _ => ByteEdits.Edit(bytes, other, ref rng),
            };
        }
        return bytes;
    }
}
