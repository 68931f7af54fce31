using System.Text.Json;
using System.Text.Json.Nodes;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Runs;

namespace RlOffload.Tests.Inference.Runs;

public sealed class ReportJsonTests
{
    private static readonly IReadOnlyDictionary<string, int> Counts = new SortedDictionary<string, int>(StringComparer.Ordinal) { ["cut1@2/8b"] = 3, ["local@1"] = 1 };
    private static readonly Spread Ms = new(1.5, 2.5);

    private static void Same<T>(byte[] json, T report, JsonSerializerOptions style)
    {
        var expected = JsonSerializer.SerializeToNode(report, JsonTwins.Reflected(style));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), expected), $"{System.Text.Encoding.UTF8.GetString(json)} but by reflection {expected!.ToJsonString()}");
    }

    [Fact]
    public void ADevicesReportIsWrittenAsByReflection()
    {
        var report = new DeviceReport(4, Counts, Counts, Counts, Ms, 0.75, 1, new(1, 2, 3, 4, 5), new LinkEstimate(1e6, 0.1, 2, 0.05, double.PositiveInfinity, 3, 4), 24000, 0, null, new(1, 0, null, "abc"), 7.5, ["odd + <new>"]);
        Same(ReportJson.Of(report), report, FrozenPolicyFile.Json);
        Same(ReportJson.Of(report with { Link = null, Accuracy = null, Refusal = "503" }), report with { Link = null, Accuracy = null, Refusal = "503" }, FrozenPolicyFile.Json);
    }

    [Fact]
    public void ARunsReportIsWrittenAsByReflection()
    {
        var report = new RunReport
        {
            Requests = 4, Model = "m", Policy = "p", Link = "l", LinkMeanMbitS = 1, Speed = 5, DeviceTimeFactor = 2, ServerTimeFactor = 1, Seconds = 3, Reward = 0.5, RewardPredicted = 0.6,
            Accuracy = new(0.8, 0.9), LatencyMs = Ms, ModelError = new(0.1, 0.2, 3), ModelErrors = [0.1], ExpectedError = new(0.1, 0.2, 3), Parts = [new("uplink", Ms, Ms, 0.1, 0.2)],
            Outcomes = Counts, SameOutcome = 1, Plans = Counts, Reasons = Counts, Refusal = null, DecisionUs = new(6, 12), PolicyFallbacks = 0, Breaker = new(1, 2, 3, 4, 5),
            LinkEstimate = null, HeadTimeRatio = null, HeaderBytes = 65.5, EnergyJ = 3, ServerAnswered = true, Warnings = ["w"],
        };
        Same(ReportJson.Of(report), report, FrozenPolicyFile.Json);
    }

    [Fact]
    public void AVerificationIsWrittenAsByReflection()
    {
        var report = new VerificationReport("p", 32, 1e-6, [], ["w"], ["n"]);
        Same(ReportJson.Of(report), report, FrozenPolicyFile.Json);
    }

    [Fact]
    public void FiguresOfALogAreWrittenAsByReflection()
    {
        var statistics = new LogStatistics(1, 4, 3, 0.5, null, 0.1, Ms, new(0.1, 0.2, 3), Ms, Ms, Ms, 1, 1000, Counts, Counts, Counts);
        Same(ReportJson.Of(statistics), statistics, ProfileFile.Json);
        var traces = new LogTraces("links/*.txt", null, "arrivals.txt", 1, 3, 4, 2.5, 1, 0.1);
        Same(ReportJson.Of(traces), traces, ProfileFile.Json);
    }

    [Fact]
    public void AnExplanationIsWrittenAsByReflection()
    {
        var explained = new Explanation([new("local@1", true, null, 0.4, OutcomeKind.Fallback, double.PositiveInfinity, 2, 3, 4, 5, 6, 7, 0.8, 9, 10, 11)], "local@1", "local@1", ["why"]);
        Same(ReportJson.Of(explained), explained, FrozenPolicyFile.Json);
    }

}
