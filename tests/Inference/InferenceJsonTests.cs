using System.Text.Json;
using System.Text.Json.Nodes;
using RlOffload.Inference.Policies;

namespace RlOffload.Tests.Inference;

public sealed class InferenceJsonTests
{
    private static readonly JsonSerializerOptions ByReflection = JsonTwins.Reflected(FrozenPolicyFile.Json);

    public static TheoryData<string> Policies => [.. Directory.GetDirectories(Repository.At("checkpoints")).Select(f => Path.GetFileName(f)!)];

    [Theory, MemberData(nameof(Policies))]
    public void EveryPolicyIsReadAndWrittenAsByReflection(string name) =>
        Assert.True(JsonTwins.Agree(JsonNode.Parse(File.ReadAllBytes(Repository.At($"checkpoints/{name}/policy.json"))), FrozenPolicyFile.Contract, ByReflection));

    [Fact]
    public void AWrittenPolicyIsTheSameToTheByte()
    {
        var policy = FrozenPolicyFile.Read(Repository.At("checkpoints/quickstart"));
        Assert.Equal(File.ReadAllText(Repository.At("checkpoints/quickstart/policy.json")).TrimEnd(), JsonSerializer.Serialize(policy, FrozenPolicyFile.Contract));
    }

    [Fact]
    public void WhatAPolicyLeavesOutIsWhatItWasByReflection()
    {
        var file = JsonNode.Parse(File.ReadAllBytes(Repository.At("checkpoints/quickstart/policy.json")))!;
        foreach (var list in (string[])["plans", "golden", "observation"])
            while (file[list]!.AsArray().Count > 2)
                file[list]!.AsArray().RemoveAt(2);
        // As one that says all that can be said.
        file["form"] = "tree";
        file["scenario"]!["device"]!["heat"] = JsonNode.Parse("""{"time_constant": 20}""");
        file["scenario"]!["device"]!["battery"] = JsonNode.Parse("""{"capacity_joules": 20, "start_joules": 10}""");
        file["scenario"]!["device"]!["clocks"] = JsonNode.Parse("""[{"hertz": 1e8, "time_factor": 2, "active_watts": 1}]""");
        file["scenario"]!["budgets"] = JsonNode.Parse("""{"energy_joules": 3, "miss_rate": "Infinity"}""");
        file["shield"] = JsonNode.Parse("""{"rule": "deadline", "deviates": 1}""");
        file["probe_after_seconds"] = 0.5;
        file["prior"] = JsonNode.Parse("""{"device_price": 1, "uplink_price": 2, "weight": 3}""");
        file["plans"]![0]!["gate"] = JsonNode.Parse("""{"measure": "entropy", "thresholds": [0.5, null]}""");
        Assert.True(JsonTwins.Agree(file, FrozenPolicyFile.Contract, ByReflection));
        var taken = JsonTwins.Damaged(file).Select(d => JsonTwins.Agree(d, FrozenPolicyFile.Contract, ByReflection)).ToList();
        Assert.Contains(true, taken);
        Assert.Contains(false, taken);
    }

    [Fact]
    public void ANullIsTakenOrRefusedAsByReflection() => Assert.True(JsonTwins.Agree(null, FrozenPolicyFile.Contract, ByReflection));
}
