using Google.Protobuf;
using RlOffload.Onnx.Proto;

namespace RlOffload.Onnx;

/// <summary>An ONNX file in memory. Fields that <c>onnx.proto</c> here does not name are kept and written back.</summary>
public sealed class OnnxModel(ModelProto proto, string source)
{
    public ModelProto Proto { get; } = proto;

    /// <summary>Where the model comes from, for messages: a path, or a name for a model made in memory.</summary>
    public string Source { get; } = source;

    /// <summary>Reads a file, weights kept beside it (external data) included.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read, is cut short, is no ONNX model, or is beyond <see cref="ModelBounds"/>.</exception>
    public static OnnxModel Load(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path}:file: cannot be read ({e.Message})");
        }
        var model = Read(bytes, path);
        ExternalData.Inline(model, Path.GetDirectoryName(Path.GetFullPath(path))!);
        ModelBounds.Check(model);
        return model;
    }

    /// <summary>Reads a model that holds all its weights itself: there is no folder in which others could lie.</summary>
    /// <exception cref="InvalidDataException">
    /// The bytes are no ONNX model, need another file, or are beyond <see cref="ModelBounds"/>; the message starts with <paramref name="source"/>.
    /// </exception>
    public static OnnxModel Parse(ReadOnlySpan<byte> bytes, string source)
    {
        var model = Read(bytes, source);
        ModelBounds.Check(model);
        return model;
    }

    private static OnnxModel Read(ReadOnlySpan<byte> bytes, string source)
    {
        if (bytes.IsEmpty)
            throw new InvalidDataException($"{source}:file: is empty, an ONNX model is needed");
        WireScan.Check(bytes, source);
        ModelProto proto;
        try
        {
            proto = ModelProto.Parser.ParseFrom(bytes);
        }
        // The others are what Google.Protobuf lets through where a number that is not minimal runs over the end of its buffer.
        catch (Exception e) when (e is InvalidProtocolBufferException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            throw new InvalidDataException($"{source}:file: is no ONNX model or is cut short ({e.Message})");
        }
        // Almost any bytes parse as some protobuf message, so the parts that every ONNX model has are checked by name.
        if (proto.IrVersion <= 0)
            throw new InvalidDataException($"{source}:ir_version: is missing, so this is no ONNX model; allowed is 1 or more");
        if (proto.Graph is null)
            throw new InvalidDataException($"{source}:graph: is missing, so this is no ONNX model or it is cut short");
        if (proto.OpsetImport.Count == 0 && proto.IrVersion >= 3)
            throw new InvalidDataException($"{source}:opset_import: is missing, so the file is cut short; at least one entry is needed");
        if (proto.Graph.Output.Count == 0)
            throw new InvalidDataException($"{source}:graph.output: is empty; a model needs at least one output");
        return new OnnxModel(proto, source);
    }

    /// <exception cref="InvalidDataException">The model is larger than the 2 GiB that one protobuf message may have.</exception>
    public byte[] ToBytes()
    {
        try
        {
            return Proto.ToByteArray();
        }
        catch (Exception e) when (e is OverflowException or OutOfMemoryException)
        {
            throw new InvalidDataException($"{Source}:file: is larger than the 2 GiB that one ONNX file may have ({e.Message})");
        }
    }

    /// <summary>Writes beside the target and moves into place, so that an interrupted write leaves an old file whole.</summary>
    public void Save(string path)
    {
        var partial = path + ".partial";
        File.WriteAllBytes(partial, ToBytes());
        File.Move(partial, path, overwrite: true);
    }
}
