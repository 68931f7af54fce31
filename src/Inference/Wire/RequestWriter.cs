using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;

namespace RlOffload.Inference.Wire;

/// <summary>Makes the message of a request under a plan from its tensors or its image. Not safe for several threads at once.</summary>
public sealed class RequestWriter : IRequestWriter
{
    private readonly PartitionSet _partitions;
    private readonly ulong _model;
    private readonly string _encoding;
    private readonly Dictionary<(int Cut, int Bits), CutCodec> _codecs = [];

    /// <param name="inputEncoding">How split 0 sends the input: raw, deflate or float32.</param>
    /// <exception cref="InputException">The input encoding is none that can be sent.</exception>
    public RequestWriter(PartitionSet partitions, string inputEncoding)
    {
        if (inputEncoding is not ("raw" or "deflate" or "float32"))
            throw new InputException(partitions.Profile.Model.Path, "uplink.input_encoding", $"is '{inputEncoding}', the runtime sends raw, deflate or float32");
        (_partitions, _encoding) = (partitions, inputEncoding);
        _model = RequestHeader.ModelOf(partitions.Profile.Model.Sha256);
    }

    /// <summary>Where the input is sent, it is from the image alone: the network's input need not be filled.</summary>
    public bool SendsPixels => _encoding != "float32";

    /// <summary>Writes the message of a plan that sends something.</summary>
    /// <param name="image">Its bytes.</param>
    /// <param name="store">Holds the tensors of the plan's cut.</param>
    /// <param name="message">Made longer where needed; kept by the caller for the next request.</param>
    /// <returns>The message's length; -1 where a tensor cannot be quantised (a NaN, an infinity).</returns>
    public int Write(in OffloadPlan plan, ulong request, ReadOnlySpan<byte> image, TensorStore store, ref byte[] message)
    {
        if (plan.Kind == PlanKind.Remote && SendsPixels)
            return WritePixels(plan, request, image, ref message);
        var bits = plan.Kind == PlanKind.Remote ? 32 : plan.Bits;
        var codec = Codec(plan.Cut, bits);
        var length = RequestHeader.Size + codec.PayloadBytes;
        Grow(ref message, length);
        if (!codec.TryEncode(store.Cut(plan.Cut), message.AsSpan(RequestHeader.Size, codec.PayloadBytes)))
            return -1;
        new RequestHeader(plan.Exit, plan.Cut, bits, PayloadKind.Tensors, codec.Tensors, codec.PayloadBytes, _model, request).Write(message);
        Checksum.Seal(message.AsSpan(0, length));
        return length;
    }

    private int WritePixels(in OffloadPlan plan, ulong request, ReadOnlySpan<byte> image, ref byte[] message)
    {
        var deflated = _encoding == "deflate";
        var payload = deflated ? PixelCodec.Deflate(image) : image;
        Grow(ref message, RequestHeader.Size + payload.Length);
        payload.CopyTo(message.AsSpan(RequestHeader.Size));
        new RequestHeader(plan.Exit, 0, 0, deflated ? PayloadKind.DeflatedPixels : PayloadKind.Pixels, 0, payload.Length, _model, request).Write(message);
        Checksum.Seal(message.AsSpan(0, RequestHeader.Size + payload.Length));
        return RequestHeader.Size + payload.Length;
    }

    private static void Grow(ref byte[] message, int length)
    {
        if (message.Length < length)
            message = new byte[length];
    }

    private CutCodec Codec(int cut, int bits)
    {
        if (!_codecs.TryGetValue((cut, bits), out var codec))
            _codecs[(cut, bits)] = codec = new CutCodec([.. _partitions.Profile.Cuts[cut].Tensors.Select(t => _partitions.Network.Tensors[t.Name])], bits);
        return codec;
    }
}
