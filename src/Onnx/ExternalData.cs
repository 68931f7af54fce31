using System.Globalization;
using Google.Protobuf;
using RlOffload.Onnx.Proto;

namespace RlOffload.Onnx;

/// <summary>Weights kept in a file beside the model (ONNX external data: keys location, offset, length) are read into it.</summary>
internal static class ExternalData
{
    public static void Inline(OnnxModel model, string folder)
    {
        foreach (var tensor in TensorsOf(model.Proto.Graph))
            if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
                Inline(tensor, model.Source, folder);
    }

    private static void Inline(TensorProto tensor, string source, string folder)
    {
        InvalidDataException Refuse(string what) => new($"{source}:external_data of tensor '{tensor.Name}': {what}");
        string? Entry(string key) => tensor.ExternalData.FirstOrDefault(e => e.Key == key)?.Value;
        long? Number(string key) => Entry(key) is not { } text ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
            : throw Refuse($"{key} is '{text}', allowed is a whole number of 0 or more");

        var location = Entry("location") ?? throw Refuse("location is missing");
        var path = Path.GetFullPath(Path.Combine(folder, location));
        // A model must not make its reader open files elsewhere on the machine.
        if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw Refuse($"location is '{location}', allowed is a path inside the model's folder");
        try
        {
            using var stream = File.OpenRead(path);
            var offset = Number("offset") ?? 0;
            var length = Number("length") ?? stream.Length - offset;
            if (length < 0 || length > int.MaxValue || offset + length > stream.Length)
                throw Refuse($"offset {offset} and length {length} do not fit in '{location}' of {stream.Length} bytes");
            stream.Position = offset;
            var bytes = new byte[length];
            stream.ReadExactly(bytes);
            tensor.RawData = UnsafeByteOperations.UnsafeWrap(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refuse($"'{location}' cannot be read ({e.Message})");
        }
        tensor.ExternalData.Clear();
        tensor.ClearDataLocation();
    }

    private static IEnumerable<TensorProto> TensorsOf(GraphProto graph)
    {
        foreach (var tensor in graph.Initializer)
            yield return tensor;
        foreach (var attribute in graph.Node.SelectMany(n => n.Attribute))
        {
            if (attribute.T is not null)
                yield return attribute.T;
            foreach (var tensor in attribute.Tensors)
                yield return tensor;
            foreach (var tensor in Subgraphs.Of(attribute).SelectMany(TensorsOf))
                yield return tensor;
        }
    }
}
