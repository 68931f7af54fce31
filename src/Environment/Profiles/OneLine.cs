using System.Text.Json;
using System.Text.Json.Serialization;

namespace RlOffload.Environment.Profiles;

/// <summary>Writes a value on one line inside an otherwise indented file; reads as usual.</summary>
internal sealed class OneLine<T> : JsonConverter<T>
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public override T? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<T>(ref reader, Plain);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteRawValue(JsonSerializer.SerializeToUtf8Bytes(value, Plain), skipInputValidation: true);
}
