using System.Collections.Concurrent;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;

namespace RlOffload.Inference.Wire;

/// <summary>Why a message is refused, in HTTP's terms.</summary>
/// <param name="Status">400 malformed, 409 made for another model, 422 asks for what the model does not have; docs/wire.md has the others.</param>
/// <param name="RetryAfter">When to try again, s; 0 where that would not help.</param>
public sealed record Refusal(int Status, string Problem, double RetryAfter = 0);

/// <summary>
/// Checks requests against a model and unpacks them. Nothing of a message is believed before it is checked. Any thread may check; unpacking is not safe
/// for several threads at once.
/// </summary>
public sealed class RequestReader
{
    private readonly PartitionSet _partitions;
    private readonly PixelCodec _pixels;
    private readonly byte[] _image;
    private readonly ulong _model;
    private readonly HashSet<(int Exit, int Cut)> _tails;
    private readonly Dictionary<(int Cut, int Bits), CutCodec> _codecs = [];
    private readonly ConcurrentDictionary<(int Cut, int Bits), (int Tensors, int PayloadBytes)> _sizes = new();

    public RequestReader(PartitionSet partitions)
    {
        _partitions = partitions;
        _pixels = new PixelCodec(partitions.Profile);
        _image = new byte[_pixels.ImageBytes];
        _model = RequestHeader.ModelOf(partitions.Profile.Model.Sha256);
        _tails = [.. partitions.Profile.Partitions.Where(p => !p.Local).Select(p => (p.Exit, p.Cut))];
    }

    /// <summary>No message of this model is longer: every cut at 32 bits, and an image that Deflate makes larger.</summary>
    public static int MostBytes(ModelProfile profile) =>
        checked((int)(RequestHeader.Size + profile.Cuts.Max(c => c.Bytes + 8 * c.Tensors.Count) + profile.Cuts[0].Elements / 1000 + 1024));

    /// <summary>Whether the whole message fits the model; null where it does.</summary>
    /// <param name="isSealed">Whether it has a checksum; one that was made on this machine needs none.</param>
    public Refusal? Check(ReadOnlySpan<byte> message, out RequestHeader header, bool isSealed = true)
    {
        header = RequestHeader.Read(message, out var problem);
        if (problem is not null)
            return new Refusal(400, problem);
        if (header.Model != _model)
            return new Refusal(409, $"model: is {header.Model:x16}, this server has {_model:x16} ({_partitions.Profile.Model.Path})");
        if (!_tails.Contains((header.Exit, header.Cut)))
            return new Refusal(422, $"exit {header.Exit}, cut {header.Cut}: is no partition that has a tail");
        if (header.PayloadBytes != message.Length - RequestHeader.Size)
            return new Refusal(400, $"payload: is {message.Length - RequestHeader.Size} bytes, the header says {header.PayloadBytes}");
        if ((header.Kind == PayloadKind.Tensors ? CheckTensors(header) : CheckPixels(header)) is { } wrong)
            return wrong;
        return !isSealed || Checksum.Holds(message) ? null : new Refusal(400, "checksum: is not that of the message, allowed is the CRC-32C of all bytes but its own");
    }

    private Refusal? CheckTensors(in RequestHeader header)
    {
        if (!TensorCodec.Allows(header.Bits))
            return new Refusal(400, $"bits: is {header.Bits}, allowed is 1 to 8, 16 or 32");
        var (tensors, bytes) = Size(header.Cut, header.Bits);
        if (header.Tensors != tensors)
            return new Refusal(422, $"tensors: are {header.Tensors}, cut {header.Cut} has {tensors}");
        if (header.PayloadBytes != bytes)
            return new Refusal(400, $"payload: is {header.PayloadBytes} bytes, cut {header.Cut} at {header.Bits} bits has {bytes}");
        return null;
    }

    /// <summary>Puts the tensors of a checked message into the store; null where that succeeded.</summary>
    /// <param name="message">Length bytes of it are the message.</param>
    public Refusal? Unpack(byte[] message, int length, in RequestHeader header, TensorStore store)
    {
        var payload = message.AsSpan(RequestHeader.Size, length - RequestHeader.Size);
        switch (header.Kind)
        {
            case PayloadKind.Pixels:
                _pixels.Fill(payload, store.Input.Bytes);
                return null;
            case PayloadKind.DeflatedPixels:
                if (!PixelCodec.TryInflate(message, RequestHeader.Size, payload.Length, _image))
                    return new Refusal(400, $"payload: is no Deflate stream of {_image.Length} bytes");
                _pixels.Fill(_image, store.Input.Bytes);
                return null;
            default:
                return Codec(header.Cut, header.Bits).TryDecode(payload, store.Cut(header.Cut))
                    ? null : new Refusal(400, "grid: is not finite or has a step below 0");
        }
    }

    private Refusal? CheckPixels(in RequestHeader header)
    {
        if (header.Cut != 0)
            return new Refusal(422, $"payload kind: is {(byte)header.Kind} at cut {header.Cut}, pixels are allowed at cut 0 only");
        if (header.Bits != 0 || header.Tensors != 0)
            return new Refusal(400, $"bits, tensors: are {header.Bits} and {header.Tensors}, allowed is 0 where pixels are sent");
        if (header.Kind == PayloadKind.Pixels && header.PayloadBytes != _image.Length)
            return new Refusal(400, $"payload: is {header.PayloadBytes} bytes, an image has {_image.Length}");
        return null;
    }

    /// <summary>Of the payload of a cut's tensors.</summary>
    private (int Tensors, int PayloadBytes) Size(int cut, int bits) =>
        _sizes.GetOrAdd((cut, bits), static (key, reader) =>
        {
            var codec = reader.Make(key);
            return (codec.Tensors, codec.PayloadBytes);
        }, this);

    private CutCodec Codec(int cut, int bits)
    {
        if (!_codecs.TryGetValue((cut, bits), out var codec))
            _codecs[(cut, bits)] = codec = Make((cut, bits));
        return codec;
    }

    private CutCodec Make((int Cut, int Bits) key) => new([.. _partitions.Profile.Cuts[key.Cut].Tensors.Select(t => _partitions.Network.Tensors[t.Name])], key.Bits);
}
