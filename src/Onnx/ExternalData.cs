using System.Globalization;
using Google.Protobuf;
using RlOffload.Onnx.Proto;

namespace RlOffload.Onnx;

/// <summary>Weights kept in a file beside the model (ONNX external data: keys location, offset, length) are read into it.</summary>
internal static class ExternalData
{
    public static void Inline(OnnxModel model, string folder)
    {
        long total = 0;
        foreach (var tensor in ModelBounds.TensorsOf(model.Proto))
            if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
            {
                Inline(tensor, model.Source, folder, ModelBounds.BytesOf(tensor, model.Source), ref total);
                tensor.ExternalData.Clear();
                tensor.ClearDataLocation();
            }
    }

    /// <param name="needed">Bytes that the tensor's type and dimensions ask for.</param>
    /// <param name="total">Bytes read for the model so far.</param>
    private static void Inline(TensorProto tensor, string source, string folder, long needed, ref long total)
    {
        InvalidDataException Refuse(string what) => new($"{source}:external_data of tensor '{tensor.Name}': {what}");
        string? Entry(string key) => tensor.ExternalData.FirstOrDefault(e => e.Key == key)?.Value;
        long? Number(string key) => Entry(key) is not { } text ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
            : throw Refuse($"{key} is '{text}', allowed is a whole number of 0 or more");

        var location = Entry("location") ?? throw Refuse("location is missing");
        if (location.Contains('\0', StringComparison.Ordinal))
            throw Refuse("location holds a 0 character, allowed is a path inside the model's folder");
        var path = Path.GetFullPath(Path.Combine(folder, location));
        // A model must not make its reader open files elsewhere on the machine.
        if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw Refuse($"location is '{location}', allowed is a path inside the model's folder");
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                throw Refuse($"'{location}' cannot be read (it is not there)");
            var offset = Number("offset") ?? 0;
            var length = Number("length") ?? Math.Max(0, file.Length - offset);
            if (offset > file.Length || length > file.Length - offset)
                throw Refuse($"offset {offset} and length {length} do not fit in '{location}' of {file.Length} bytes");
            if (length != needed)
                throw Refuse($"length is {length}, allowed is {needed}, which its type and dimensions ask for");
            if ((total += length) > ModelBounds.MostBytes)
                throw Refuse($"brings the weights beside the model to {total} bytes, allowed are {ModelBounds.MostBytes}");
            using var stream = file.OpenRead();
            stream.Position = offset;
            var bytes = new byte[length];
            stream.ReadExactly(bytes);
            tensor.RawData = UnsafeByteOperations.UnsafeWrap(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refuse($"'{location}' cannot be read ({e.Message})");
        }
    }
}
