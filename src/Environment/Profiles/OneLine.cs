using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace RlOffload.Environment.Profiles;

/// <summary>Writes a value on one line inside an otherwise indented file; reads as usual.</summary>
internal sealed class OneLine<T> : JsonConverter<T>
{
    private static readonly JsonTypeInfo<T> Plain = JsonContracts.Of(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    }, EnvironmentJson.Default).Contract<T>();

    public override T? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Deserialize(ref reader, Plain);
        }
        catch (JsonException e)
        {
            // Without a path of its own it gets that of the whole file, rather than the one within this value.
            throw new JsonException(e.Message, e);
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteRawValue(JsonSerializer.SerializeToUtf8Bytes(value, Plain), skipInputValidation: true);
}
