using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RlOffload.Inference.Policies;

namespace RlOffload.Cli;

/// <summary>Reports that only the whole program makes look like those of the device, and are written by reflection.</summary>
internal static class ReportStyle
{
    public static readonly JsonSerializerOptions Json = new(FrozenPolicyFile.Json)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };
}
