using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;

namespace RlOffload.Inference.Wire;

/// <summary>Where each tensor of a cut lies in a message's payload: the place of its grid (-1 for none), of its packed numbers, and how many bytes they are.</summary>
public readonly record struct PayloadPart(string Name, TensorInfo Info, int GridAt, int At, int Bytes);

/// <summary>The order of a cut's tensors in a payload, as <see cref="CutCodec"/> writes it.</summary>
public static class PayloadLayout
{
    /// <summary>Low and step, two float32.</summary>
    public const int GridBytes = 8;

    public static IReadOnlyList<PayloadPart> Of(PartitionSet partitions, int cut, int bits)
    {
        var tensors = partitions.Profile.Cuts[cut].Tensors.Select(t => (t.Name, Info: partitions.Network.Tensors[t.Name])).ToList();
        var wires = tensors.Select(t => new TensorWire(t.Info, bits)).ToList();
        var (grid, at) = (0, wires.Count(w => w.Quantised) * GridBytes);
        var parts = new List<PayloadPart>();
        for (var i = 0; i < wires.Count; i++)
        {
            parts.Add(new PayloadPart(tensors[i].Name, tensors[i].Info, wires[i].Quantised ? grid : -1, at, wires[i].PackedBytes));
            grid += wires[i].Quantised ? GridBytes : 0;
            at += wires[i].PackedBytes;
        }
        return parts;
    }
}
