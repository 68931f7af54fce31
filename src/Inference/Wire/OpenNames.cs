using System.Globalization;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Inference.Wire;

/// <summary>How things are called in the Open Inference Protocol (version 2, as KServe and Triton speak it).</summary>
public static class OpenNames
{
    /// <summary>Header of a body whose first so many bytes are JSON and whose rest are tensors as they are.</summary>
    public const string HeadLength = "Inference-Header-Content-Length";

    /// <summary>The model of a tail: NETWORK_exitE_splitC, both counted from 0.</summary>
    public static string Tail(string network, int exit, int cut) => string.Create(CultureInfo.InvariantCulture, $"{network}_exit{exit}_split{cut}");

    /// <summary>The name of a tensor's type; null for types that the protocol has no name for.</summary>
    public static string? Of(DataType type) => type switch
    {
        DataType.Float => "FP32",
        DataType.Float16 => "FP16",
        DataType.Bfloat16 => "BF16",
        DataType.Double => "FP64",
        DataType.Bool => "BOOL",
        DataType.Int8 => "INT8",
        DataType.Int16 => "INT16",
        DataType.Int32 => "INT32",
        DataType.Int64 => "INT64",
        DataType.Uint8 => "UINT8",
        DataType.Uint16 => "UINT16",
        DataType.Uint32 => "UINT32",
        DataType.Uint64 => "UINT64",
        _ => null,
    };
}
