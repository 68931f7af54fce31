using System.Buffers.Binary;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;
using RlOffload.Training.Benchmarks.Chaos;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>The small network of two exits that valid inputs are made for, opened, and messages of every kind that fit it.</summary>
internal sealed class FuzzNetwork : IDisposable
{
    private const ulong Seed = 1;

    public FuzzNetwork(string folder)
    {
        (Model, var profile) = TinyNetwork.Write(folder, Seed);
        Partitions = new PartitionSet(Model, ProfileFile.Read(profile));
    }

    public string Model { get; }
    public PartitionSet Partitions { get; }
    public ModelProfile Profile => Partitions.Profile;

    /// <summary>One request for each partition that has a tail at a few widths, and images raw and through Deflate.</summary>
    public List<byte[]> Requests()
    {
        var rng = new Rng(Seed);
        var model = RequestHeader.ModelOf(Profile.Model.Sha256);
        var requests = new List<byte[]>();
        foreach (var part in Profile.Partitions.Where(p => !p.Local))
            foreach (var bits in (ReadOnlySpan<int>)[1, 3, 8, 16, 32])
            {
                var layout = PayloadLayout.Of(Partitions, part.Cut, bits);
                var payload = new byte[layout[^1].At + layout[^1].Bytes];
                foreach (var tensor in layout)
                {
                    for (var i = tensor.At; i < tensor.At + tensor.Bytes; i++)
                        payload[i] = bits == 32 ? (byte)0 : (byte)rng.NextInt(256);
                    if (tensor.GridAt < 0)
                        continue;
                    BinaryPrimitives.WriteSingleLittleEndian(payload.AsSpan(tensor.GridAt), -1);
                    BinaryPrimitives.WriteSingleLittleEndian(payload.AsSpan(tensor.GridAt + 4), 0.01f);
                }
                requests.Add(Sealed(new RequestHeader(part.Exit, part.Cut, bits, PayloadKind.Tensors, layout.Count, payload.Length, model, (ulong)requests.Count), payload));
            }
        var image = TinyNetwork.Frame(Seed);
        requests.Add(Sealed(new RequestHeader(1, 0, 0, PayloadKind.Pixels, 0, image.Length, model, 1), image));
        var deflated = PixelCodec.Deflate(image);
        requests.Add(Sealed(new RequestHeader(1, 0, 0, PayloadKind.DeflatedPixels, 0, deflated.Length, model, 2), deflated));
        return requests;
    }

    public static byte[] Control(ControlKind kind, int payload, int status = 0)
    {
        var frame = new byte[ControlHeader.Size + payload];
        new ControlHeader(kind, payload, 7, status, 0.25).Write(frame);
        return frame;
    }

    public void Dispose() => Partitions.Dispose();

    private static byte[] Sealed(RequestHeader header, byte[] payload)
    {
        var message = new byte[RequestHeader.Size + payload.Length];
        header.Write(message);
        payload.CopyTo(message.AsSpan(RequestHeader.Size));
        Checksum.Seal(message);
        return message;
    }
}
