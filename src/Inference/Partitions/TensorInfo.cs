using RlOffload.Environment.Profiles;
using RlOffload.Onnx;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Inference.Partitions;

/// <summary>Type and shape of a tensor at run time.</summary>
public sealed record TensorInfo(DataType Type, IReadOnlyList<long> Shape)
{
    public long Elements => Shape.Aggregate(1L, (product, size) => product * size);

    public long Bytes => Elements * TensorTypes.ElementBytes(Type);

    /// <summary>As a profile lists it; the type is ONNX's name in lower case.</summary>
    public CutTensor ToCutTensor(string name) => new(name, Elements, Bytes, Type.ToString().ToLowerInvariant(), Shape);

    /// <exception cref="FormatException">The type is none of ONNX's.</exception>
    public static TensorInfo Of(CutTensor tensor) =>
        Enum.TryParse<DataType>(tensor.Type, ignoreCase: true, out var type) && TensorTypes.ElementBytes(type) > 0
            ? new TensorInfo(type, tensor.Shape ?? [])
            : throw new FormatException($"type is '{tensor.Type}', allowed is an ONNX element type such as float, uint8 or int8");
}
