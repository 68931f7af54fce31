using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Policies;

namespace RlOffload.Inference.Runs;

/// <summary>What the device's verbs report, as --json writes it.</summary>
public static class ReportJson
{
    private static readonly JsonSerializerOptions LikeProfiles = JsonContracts.Of(ProfileFile.Json, InferenceJson.Default);

    public static byte[] Of(DeviceReport report) => JsonSerializer.SerializeToUtf8Bytes(report, FrozenPolicyFile.Json.Contract<DeviceReport>());

    public static byte[] Of(RunReport report) => JsonSerializer.SerializeToUtf8Bytes(report, FrozenPolicyFile.Json.Contract<RunReport>());

    public static byte[] Of(VerificationReport report) => JsonSerializer.SerializeToUtf8Bytes(report, FrozenPolicyFile.Json.Contract<VerificationReport>());

    public static byte[] Of(Explanation explained) => JsonSerializer.SerializeToUtf8Bytes(explained, FrozenPolicyFile.Json.Contract<Explanation>());

    public static byte[] Of(LogStatistics statistics) => JsonSerializer.SerializeToUtf8Bytes(statistics, LikeProfiles.Contract<LogStatistics>());

    public static byte[] Of(LogTraces traces) => JsonSerializer.SerializeToUtf8Bytes(traces, LikeProfiles.Contract<LogTraces>());
}
