using RlOffload.Onnx.Proto;
using Dimension = RlOffload.Onnx.Proto.TensorShapeProto.Types.Dimension;

namespace RlOffload.Onnx;

/// <summary>Types of tensors as the format writes them.</summary>
public static class TensorTypes
{
    /// <param name="shape">A dimension below 0 is left open; null leaves the rank open.</param>
    public static ValueInfoProto Info(string name, TensorProto.Types.DataType type, IReadOnlyList<long>? shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type };
        if (shape is not null)
        {
            tensor.Shape = new TensorShapeProto();
            foreach (var size in shape)
                tensor.Shape.Dim.Add(size >= 0 ? new Dimension { DimValue = size } : new Dimension());
        }
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    public static ValueInfoProto Of(TensorProto tensor) => Info(tensor.Name, (TensorProto.Types.DataType)tensor.DataType, tensor.Dims);

    /// <summary>Dimensions of a tensor's declared shape, -1 where open; null where the rank is open or it is no tensor.</summary>
    public static IReadOnlyList<long>? ShapeOf(ValueInfoProto info) =>
        info.Type?.TensorType?.Shape is { } shape ? [.. shape.Dim.Select(d => d.HasDimValue ? d.DimValue : -1)] : null;

    /// <summary>Bytes of one element; 0 for strings and types of other than whole bytes.</summary>
    public static int ElementBytes(TensorProto.Types.DataType type) => type switch
    {
        TensorProto.Types.DataType.Uint8 or TensorProto.Types.DataType.Int8 or TensorProto.Types.DataType.Bool => 1,
        TensorProto.Types.DataType.Uint16 or TensorProto.Types.DataType.Int16 or TensorProto.Types.DataType.Float16
            or TensorProto.Types.DataType.Bfloat16 => 2,
        TensorProto.Types.DataType.Float or TensorProto.Types.DataType.Int32 or TensorProto.Types.DataType.Uint32 => 4,
        TensorProto.Types.DataType.Double or TensorProto.Types.DataType.Int64 or TensorProto.Types.DataType.Uint64
            or TensorProto.Types.DataType.Complex64 => 8,
        TensorProto.Types.DataType.Complex128 => 16,
        _ => 0,
    };

    /// <summary>Bytes that the tensor takes in memory.</summary>
    public static long Bytes(TensorProto tensor) =>
        tensor.Dims.Aggregate(1L, (a, b) => a * b) * ElementBytes((TensorProto.Types.DataType)tensor.DataType);
}
