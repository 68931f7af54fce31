using System.Text.Json;
using System.Text.Json.Nodes;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Environment.Profiles;

namespace RlOffload.Tests.Environment;

public sealed class JsonContractsTests
{
    public static TheoryData<string> Profiles => [.. Directory.GetFiles(Repository.At("models"), "*.profile.json").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string> LinkModels => [.. Directory.GetFiles(Repository.At("configs/links"), "*.json").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    private static readonly JsonSerializerOptions ByReflection = JsonTwins.Reflected(ProfileFile.Json), LinksByReflection = JsonTwins.Reflected(LinkModel.Json);

    [Theory, MemberData(nameof(Profiles))]
    public void EveryProfileIsReadAndWrittenAsByReflection(string name) =>
        Assert.True(JsonTwins.Agree(JsonNode.Parse(File.ReadAllBytes(Repository.At($"models/{name}"))), ProfileFile.Contract, ByReflection));

    [Theory, MemberData(nameof(LinkModels))]
    public void EveryLinkModelIsReadAndWrittenAsByReflection(string name) =>
        Assert.True(JsonTwins.Agree(JsonNode.Parse(File.ReadAllBytes(Repository.At($"configs/links/{name}"))), LinkModel.Contract, LinksByReflection));

    [Fact]
    public void WhatALinkModelLeavesOutIsWhatItWasByReflection()
    {
        var file = JsonNode.Parse(File.ReadAllBytes(Repository.At($"configs/links/lte-att-uplink.json")))!;
        Assert.Contains(JsonTwins.Damaged(file).Select(d => JsonTwins.Agree(d, LinkModel.Contract, LinksByReflection)).ToList(), taken => taken);
    }

    [Fact]
    public void WhatAProfileLeavesOutIsWhatItWasByReflection()
    {
        var file = JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(TestWorld.Profile, ProfileFile.Contract))!;
        Assert.Contains(JsonTwins.Damaged(file).Select(d => JsonTwins.Agree(d, ProfileFile.Contract, ByReflection)).ToList(), taken => taken);
    }
}
