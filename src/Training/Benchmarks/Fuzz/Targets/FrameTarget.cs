using System.Buffers.Binary;
using RlOffload.Environment;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Messages of this project: headers, and requests through the reader and the codec into tensors.</summary>
internal sealed class FrameTarget : IFuzzTarget
{
    private readonly FuzzNetwork _network;
    private readonly RequestReader _reader;
    private readonly TensorStore _store;
    private readonly Mutator _mutator;

    public FrameTarget(string folder)
    {
        _network = new FuzzNetwork(folder);
        (_reader, _store) = (new RequestReader(_network.Partitions), new TensorStore(_network.Partitions));
        var answer = new byte[AnswerHeader.Size + 40];
        new AnswerHeader(1, 1, 40, 0.001, 0.002, 5, 3, 0.5, 0.25).Write(answer);
        Checksum.Seal(answer);
        _mutator = new Mutator(InputShape.Binary, [.. _network.Requests(), answer, FuzzNetwork.Control(ControlKind.Hello, 20), FuzzNetwork.Control(ControlKind.Probe, 100),
            FuzzNetwork.Control(ControlKind.Refusal, 30, 429)]);
    }

    public byte[] Make(ref Rng rng) => Mended(_mutator.Make(ref rng), ref rng);

    /// <summary>Most frames get the length and the checksum that belong to them: without, no reader looks any further.</summary>
    internal static byte[] Mended(byte[] frame, ref Rng rng)
    {
        if (frame.Length < RequestHeader.Size || rng.NextInt(5) == 0)
            return frame;
        frame = (byte[])frame.Clone();
        // Of requests and control frames the payload's length stands at 12, of answers at 8.
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(frame[3] == (byte)'A' ? 8 : 12), frame.Length - RequestHeader.Size);
        if (!ControlHeader.Is(frame))
            Checksum.Seal(frame);
        return frame;
    }

    public bool Read(byte[] input)
    {
        if (input.Length >= ControlHeader.Size && ControlHeader.Is(input))
        {
            ControlHeader.Read(input, out var wrong);
            return wrong is null;
        }
        AnswerHeader.Read(input, out var problem);
        var refused = _reader.Check(input, out var header);
        return problem is null || (refused is null && _reader.Unpack(input, input.Length, header, _store) is null);
    }

    public void Dispose()
    {
        _store.Dispose();
        _network.Dispose();
    }
}
