using System.Text.Json.Serialization;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Runs;
using RlOffload.Inference.Serving;
using RlOffload.Inference.Sources;

namespace RlOffload.Inference;

/// <summary>The types of this project's JSON files and messages; what they look like is said by those who read and write them.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(FrozenPolicy))]
[JsonSerializable(typeof(float[]))]
[JsonSerializable(typeof(VerificationReport))]
[JsonSerializable(typeof(DeviceReport))]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(LogStatistics))]
[JsonSerializable(typeof(LogTraces))]
[JsonSerializable(typeof(ServerHealth))]
[JsonSerializable(typeof(LiveStatus))]
[JsonSerializable(typeof(HttpAnswer))]
[JsonSerializable(typeof(HttpRefusal))]
[JsonSerializable(typeof(HttpHealth))]
internal sealed partial class InferenceJson : JsonSerializerContext;
