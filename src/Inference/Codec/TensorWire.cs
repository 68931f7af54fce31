using System.Runtime.InteropServices;
using RlOffload.Inference.Partitions;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Inference.Codec;

/// <summary>
/// How one tensor travels at a number of bits: real numbers, and the codes of a tensor that is already 8-bit, through <see cref="TensorCodec"/> where
/// that makes them smaller; everything else (indices, truth values, numbers that are as narrow already) as its own little-endian bytes.
/// Allocates nothing after it was made. Not safe for several threads at once.
/// </summary>
public sealed class TensorWire
{
    private readonly DataType _type;
    private readonly int _elements;
    private readonly int _bits;
    private readonly float[] _numbers;

    public TensorWire(TensorInfo info, int bits)
    {
        if (!TensorCodec.Allows(bits))
            throw new ArgumentOutOfRangeException(nameof(bits), bits, "allowed is 1 to 8, 16 or 32");
        (_type, _elements, _bits) = (info.Type, checked((int)info.Elements), bits);
        Quantised = bits < WidthOf(info.Type);
        TensorBytes = checked((int)info.Bytes);
        PackedBytes = Quantised ? TensorCodec.PackedBytes(_elements, bits) : TensorBytes;
        _numbers = Quantised && _type != DataType.Float ? new float[_elements] : [];
    }

    /// <summary>Whether a grid travels beside the codes.</summary>
    public bool Quantised { get; }

    /// <summary>In memory.</summary>
    public int TensorBytes { get; }

    /// <summary>On the wire, without the grid.</summary>
    public int PackedBytes { get; }

    /// <returns>False where the tensor has no grid (a NaN, an infinity); then nothing is written.</returns>
    public bool TryEncode(ReadOnlySpan<byte> tensor, Span<byte> packed, out AffineGrid grid)
    {
        grid = default;
        if (!Quantised)
        {
            tensor.CopyTo(packed);
            return true;
        }
        if (_type == DataType.Float)
            return TensorCodec.TryEncode(MemoryMarshal.Cast<byte, float>(tensor), _bits, packed, out grid);
        for (var i = 0; i < _elements; i++)
            _numbers[i] = _type switch
            {
                DataType.Float16 => (float)MemoryMarshal.Cast<byte, Half>(tensor)[i],
                DataType.Int8 => (sbyte)tensor[i],
                _ => tensor[i],
            };
        return TensorCodec.TryEncode(_numbers, _bits, packed, out grid);
    }

    /// <param name="grid">As <see cref="TryEncode"/> gave it; its bits are this tensor's.</param>
    public void Decode(ReadOnlySpan<byte> packed, in AffineGrid grid, Span<byte> tensor)
    {
        if (!Quantised)
        {
            packed.CopyTo(tensor);
            return;
        }
        if (_type == DataType.Float)
        {
            TensorCodec.Decode(packed, grid, MemoryMarshal.Cast<byte, float>(tensor));
            return;
        }
        TensorCodec.Decode(packed, grid, _numbers);
        for (var i = 0; i < _elements; i++)
            switch (_type)
            {
                case DataType.Float16:
                    MemoryMarshal.Cast<byte, Half>(tensor)[i] = (Half)_numbers[i];
                    break;
                case DataType.Int8:
                    tensor[i] = (byte)(sbyte)Math.Clamp(MathF.Round(_numbers[i]), -128, 127);
                    break;
                default:
                    tensor[i] = (byte)Math.Clamp(MathF.Round(_numbers[i]), 0, 255);
                    break;
            }
    }

    /// <summary>Bits a number that the type has; 0 where fewer bits would not mean anything.</summary>
    private static int WidthOf(DataType type) => type switch
    {
        DataType.Float => 32,
        DataType.Float16 => 16,
        DataType.Uint8 or DataType.Int8 => 8,
        _ => 0,
    };
}
