using System.Text.Json;
using System.Text.Json.Nodes;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;

namespace RlOffload.Tests.Environment.Profiles;

public sealed class ProfileFileTests
{
    private static ModelProfile Full => TestWorld.Profile with
    {
        Outcomes = new ImageOutcomes(2, [[0.5f, 1], [0.5f, 1], [0.25f, 1]], [[0.1f, 0], [0.1f, 0], [0.1f, 0]], ["01", "11", "11"]),
        Untimed = [new UntimedCut("x", 5, 20)],
    };

    private static string Text(ModelProfile profile) => JsonSerializer.Serialize(profile, ProfileFile.Json);

    [Fact]
    public void AProfileReadsBackAsItWasWritten()
    {
        using var folder = new TemporaryFolder();
        ProfileFile.Write(Full, folder.At("p.json"));
        var text = File.ReadAllText(folder.At("p.json"));
        ProfileFile.Write(ProfileFile.Read(folder.At("p.json")), folder.At("q.json"));
        Assert.Equal(text, File.ReadAllText(folder.At("q.json")));
        Assert.Contains("\"head_memory_bytes\"", text, StringComparison.Ordinal);
        Assert.Equal(["p.json", "q.json"], Directory.GetFiles(folder.Root).Select(Path.GetFileName).Order());
    }

    public static TheoryData<string, string, string> Contradictions => new()
    {
        { "format", "3", "format: is 3, allowed is 1" },
        { "exits", "[]", "exits: is empty" },
        { "cuts", "[]", "cuts: is empty" },
        { "cuts", "[null]", "a list holds a null" },
        { "cuts/1/id", "4", "cuts[1].id: is 4, allowed is 1" },
        { "cuts/1/tensors", "[]", "cuts[1].tensors" },
        { "cuts/1/tensors/0/elements", "0", "cuts[1].tensors" },
        { "cuts/1/tensors/0", "null", "a list holds a null" },
        { "cuts/1/tensors/0/name", "null", "name" },
        { "cuts/1/tensors/0", "{\"elements\":1,\"bytes\":4}", "name" },
        { "cuts/1/tensors/0/bytes", "1099511627776", "cuts[1].tensors: each cut needs 1 to 256 tensors, each with elements and bytes of 1 to 1073741824" },
        { "cuts/1/tensors/0/shape", "[1, -4]", "cuts[1].tensors[0].shape: is 1x-4, allowed are sizes of 1 or more whose product is elements" },
        { "cuts/1/tensors/0/shape", "[4294967296, 4294967296]", "cuts[1].tensors[0].shape" },
        { "exits/0/outputs", "[null]", "a list holds a null" },
        { "nodes", "[null]", "a list holds a null" },
        { "partitions/3/head_layers_ms", "1e999", "partitions[3]: head_layers_ms and tail_layers_ms are" },
        { "model/pixels", "{\"scale\":1,\"mean\":[],\"std\":[]}", "model.pixels: needs" },
        { "model/pixels", "{\"scale\":1,\"mean\":[0],\"std\":[0]}", "model.pixels: needs" },
        { "exits/2/id", "0", "exits[2].id: is 0, allowed is 2" },
        { "exits/2/accuracy", "1.5", "exits[2].accuracy: is 1.5" },
        { "whole_ms", "[]", "whole_ms: has 0 entries" },
        { "whole_ms/0/median", "-1", "whole_ms[0]" },
        { "partitions/3/exit", "9", "partitions[3].exit: is 9, allowed is 0 to 2" },
        { "partitions/3/cut", "-1", "partitions[3].cut: is -1" },
        { "partitions/4/cut", "0", "exit 1 needs exactly one partition with cut 0" },
        { "partitions/4/cut", "2", "stands there 2 times" },
        { "partitions/3/head_ms/p90", "-2", "partitions[3]: head_ms" },
        { "partitions/3/head_ms", "null", "partitions" },
        { "partitions/3/head_memory_bytes", "-1", "head_memory_bytes: is -1" },
        { "partitions/2/local", "false", "exit 0 needs exactly one local partition" },
        { "accuracy/5/value", "1.01", "accuracy[5].value: is 1.01, allowed is 0 to 1" },
        { "accuracy/5/bits", "33", "accuracy[5]" },
        { "accuracy/5/exit", "7", "accuracy[5]" },
        { "accuracy/1/bits", "2", "exit 0, cut 0, 2 bits stands there 2 times" },
        { "accuracy", "null", "accuracy" },
        { "input_encodings/0/bytes", "0", "input_encodings[0].bytes: is 0" },
        { "input_encodings/0/accuracy_loss", "2", "input_encodings[0].accuracy_loss: is 2" },
        { "outcomes/images", "3", "outcomes: needs" },
        { "outcomes/correct/0", "null", "outcomes" },
        { "model", "null", "model" },
        { "model/sha256", "5", "model.sha256" },
        { "machine", "{}", "machine" },
        { "partitions", "7", "partitions" },
    };

    [Theory, MemberData(nameof(Contradictions))]
    public void AContradictionIsRefusedWithFileAndKey(string at, string value, string expected)
    {
        using var folder = new TemporaryFolder();
        var root = JsonNode.Parse(Text(Full))!;
        var node = root;
        var steps = at.Split('/');
        foreach (var step in steps[..^1])
            node = int.TryParse(step, out var i) ? node![i] : node![step];
        if (int.TryParse(steps[^1], out var last))
            node![last] = JsonNode.Parse(value);
        else
            node![steps[^1]] = JsonNode.Parse(value);
        var path = folder.Write("p.json", root.ToJsonString());
        var e = Assert.Throws<InputException>(() => ProfileFile.Read(path));
        Assert.StartsWith(path + ":", e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AllContradictionsComeAtOnce() =>
        Assert.Equal(2, ProfileFile.Check(Full with { Format = 9, WholeMs = [] }).Count());

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"format\":1}")]
    [InlineData("\0\u0001\u0002 no json")]
    public void WhatIsNoProfileIsRefused(string text)
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<InputException>(() => ProfileFile.Read(folder.Write("p.json", text)));
    }

    [Fact]
    public void AMissingFileIsRefused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("cannot be read", Assert.Throws<InputException>(() => ProfileFile.Read(folder.At("none.json"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MutilatedProfilesAreRefusedOrReadButNeverCrash()
    {
        using var folder = new TemporaryFolder();
        var text = Text(Full);
        var rng = new Rng(6);
        var refused = 0;
        for (var i = 0; i < 300; i++)
        {
            var root = JsonNode.Parse(text)!;
            Mutilate(root, ref rng);
            var path = folder.Write("p.json", root.ToJsonString());
            try
            {
                ProfileFile.Read(path);
            }
            catch (InputException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 150, 299);
    }

    private static void Mutilate(JsonNode node, ref Rng rng)
    {
        string?[] values = ["null", "-1", "1e300", "\"x\"", "{}", "[]", "[null]"];
        while (true)
        {
            if (node is JsonObject { Count: > 0 } o)
            {
                var key = o.ElementAt(rng.NextInt(o.Count)).Key;
                if (o[key] is JsonValue or null || rng.NextInt(3) == 0)
                {
                    if (rng.NextInt(4) == 0)
                        o.Remove(key);
                    else
                        o[key] = JsonNode.Parse(values[rng.NextInt(values.Length)]!);
                    return;
                }
                node = o[key]!;
            }
            else if (node is JsonArray { Count: > 0 } a)
            {
                var i = rng.NextInt(a.Count);
                if (a[i] is JsonValue or null || rng.NextInt(3) == 0)
                {
                    a[i] = JsonNode.Parse(values[rng.NextInt(values.Length)]!);
                    return;
                }
                node = a[i]!;
            }
            else
            {
                return;
            }
        }
    }
}
