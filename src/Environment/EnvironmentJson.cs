using System.Text.Json.Serialization;
using RlOffload.Environment.Links;
using RlOffload.Environment.Oracles;
using RlOffload.Environment.Profiles;

namespace RlOffload.Environment;

/// <summary>The types of this project's JSON files; what they look like is said by those who read and write them.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ModelProfile))]
[JsonSerializable(typeof(IReadOnlyList<double>))]
[JsonSerializable(typeof(HashedStructure))]
[JsonSerializable(typeof(HashedAccuracy))]
[JsonSerializable(typeof(HashedTimes))]
[JsonSerializable(typeof(LinkModelFile))]
[JsonSerializable(typeof(HashedLinks))]
[JsonSerializable(typeof(WindowOptimum[]))]
internal sealed partial class EnvironmentJson : JsonSerializerContext;
