using System.Buffers.Binary;
using RlOffload.Inference.Partitions;

namespace RlOffload.Inference.Codec;

/// <summary>
/// All tensors of a cut at a number of bits, as the payload of a message: for each quantised tensor low and step (two little-endian float32),
/// in the cut's order, then the packed tensors in the same order, each from a whole byte on. Not safe for several threads at once.
/// </summary>
public sealed class CutCodec
{
    private const int GridBytes = 8;

    private readonly TensorWire[] _wires;
    private readonly int _gridBytes;

    public CutCodec(IReadOnlyList<TensorInfo> tensors, int bits)
    {
        Bits = bits;
        _wires = [.. tensors.Select(t => new TensorWire(t, bits))];
        _gridBytes = _wires.Count(w => w.Quantised) * GridBytes;
        PayloadBytes = _gridBytes + _wires.Sum(w => w.PackedBytes);
    }

    public int Bits { get; }
    public int Tensors => _wires.Length;
    public int PayloadBytes { get; }

    /// <param name="tensors">The memory of each tensor of the cut, in its order.</param>
    /// <param name="payload">Exactly <see cref="PayloadBytes"/> long.</param>
    /// <returns>False where a tensor cannot be quantised (a NaN, an infinity): the cut cannot be sent at these bits.</returns>
    public bool TryEncode(IReadOnlyList<TensorMemory> tensors, Span<byte> payload)
    {
        var (at, packed) = (0, _gridBytes);
        for (var i = 0; i < _wires.Length; i++)
        {
            var wire = _wires[i];
            if (!wire.TryEncode(tensors[i].Bytes, payload.Slice(packed, wire.PackedBytes), out var grid))
                return false;
            packed += wire.PackedBytes;
            if (!wire.Quantised)
                continue;
            BinaryPrimitives.WriteSingleLittleEndian(payload[at..], grid.Low);
            BinaryPrimitives.WriteSingleLittleEndian(payload[(at + 4)..], grid.Step);
            at += GridBytes;
        }
        return true;
    }

    /// <returns>False where a grid is none: not finite, or of a step below 0; then tensors may be half written.</returns>
    public bool TryDecode(ReadOnlySpan<byte> payload, IReadOnlyList<TensorMemory> tensors)
    {
        var (at, packed) = (0, _gridBytes);
        for (var i = 0; i < _wires.Length; i++)
        {
            var wire = _wires[i];
            var grid = default(AffineGrid);
            if (wire.Quantised)
            {
                grid = new AffineGrid(
                    BinaryPrimitives.ReadSingleLittleEndian(payload[at..]), BinaryPrimitives.ReadSingleLittleEndian(payload[(at + 4)..]), Bits);
                at += GridBytes;
                if (!float.IsFinite(grid.Low) || !(grid.Step >= 0) || !float.IsFinite(grid.Low + grid.Levels * grid.Step))
                    return false;
            }
            wire.Decode(payload.Slice(packed, wire.PackedBytes), grid, tensors[i].Bytes);
            packed += wire.PackedBytes;
        }
        return true;
    }
}
