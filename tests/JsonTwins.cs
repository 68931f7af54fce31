using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace RlOffload.Tests;

/// <summary>Files as the compiler's code reads them, beside the same files read by reflection.</summary>
internal static class JsonTwins
{
    /// <summary>Options like these, by reflection, without converters of this project.</summary>
    public static JsonSerializerOptions Reflected(JsonSerializerOptions style)
    {
        var options = new JsonSerializerOptions(style) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        options.Converters.Clear();
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        return options;
    }

    /// <summary>Both read it to the same object and write that alike (true), or both refuse it (false).</summary>
    public static bool Agree<T>(JsonNode? file, JsonTypeInfo<T> contract, JsonSerializerOptions reflected)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(file);
        var (ours, refusal) = Read(() => JsonSerializer.Deserialize(bytes, contract));
        var (theirs, expectedRefusal) = Read(() => JsonSerializer.Deserialize<T>(bytes, reflected));
        Assert.True(refusal is null == expectedRefusal is null, $"{refusal ?? "taken"} but by reflection {expectedRefusal ?? "taken"}: {Short(file)}");
        if (refusal is not null)
            return false;
        var (written, expected) = (JsonSerializer.SerializeToNode(ours, reflected), JsonSerializer.SerializeToNode(theirs, reflected));
        Assert.True(JsonNode.DeepEquals(written, expected), $"read as {Short(written)} but by reflection as {Short(expected)}");
        Assert.True(JsonNode.DeepEquals(JsonSerializer.SerializeToNode(ours!, contract), expected), "is written differently");
        return true;
    }

    /// <summary>The file with one key left out or of another kind, for each key of it; of lists the first two items.</summary>
    public static IEnumerable<JsonNode> Damaged(JsonNode file)
    {
        foreach (var path in Keys(file, []))
            foreach (var other in (string?[])["absent", "null", "\"text\"", "7", "[]", "{}"])
            {
                var copy = file.DeepClone();
                var at = copy;
                foreach (var step in path[..^1])
                    at = step is int i ? at![i] : at![(string)step];
                if (other == "absent")
                    at!.AsObject().Remove((string)path[^1]);
                else
                    at!.AsObject()[(string)path[^1]] = JsonNode.Parse(other!);
                yield return copy;
            }
    }

    private static IEnumerable<object[]> Keys(JsonNode? node, object[] path) => node switch
    {
        JsonObject o => o.SelectMany(p => Keys(p.Value, [.. path, p.Key]).Prepend([.. path, p.Key])),
        JsonArray a => a.Take(2).SelectMany((item, i) => Keys(item, [.. path, i])),
        _ => [],
    };

    private static (T?, string?) Read<T>(Func<T?> read)
    {
        try
        {
            return (read(), null);
        }
        catch (JsonException e)
        {
            return (default, e.Message);
        }
    }

    private static string Short(JsonNode? node) => node?.ToJsonString() is { Length: > 400 } text ? text[..400] : node?.ToJsonString() ?? "null";
}
