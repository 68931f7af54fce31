using System.Text.Json;
using System.Text.Json.Serialization;

namespace RlOffload.Environment.Profiles;

/// <summary>Reads and writes a <see cref="ModelProfile"/> as JSON with snake_case keys; a file that makes no sense is refused with every reason.</summary>
public static class ProfileFile
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        WriteIndented = true,
        // One line an entry keeps a profile readable, and small enough to commit.
        Converters =
        {
            new OneLine<CutTensor>(), new OneLine<Duration>(), new OneLine<Partition>(), new OneLine<AccuracyCell>(), new OneLine<ProfiledNode>(),
            new OneLine<UntimedCut>(), new OneLine<IReadOnlyList<float>>(), new OneLine<IReadOnlyList<double>>(), new OneLine<IReadOnlyList<long>>(),
        },
    };

    /// <exception cref="InputException">The file is missing, is not JSON, or contradicts itself.</exception>
    public static ModelProfile Read(string path)
    {
        ModelProfile? profile;
        try
        {
            using var stream = File.OpenRead(path);
            profile = JsonSerializer.Deserialize<ModelProfile>(stream, Json);
        }
        catch (JsonException e)
        {
            throw new InputException(path, e.Path ?? "$", $"not a profile ({e.Message}); write one with 'rloffload profile'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "file", $"cannot be read ({e.Message})");
        }
        if (profile is null)
            throw new InputException(path, "$", "is empty; a profile is a JSON object");
        var problems = Check(profile).Select(p => $"{path}:{p}").ToList();
        return problems.Count == 0 ? profile : throw new InputException(problems);
    }

    /// <summary>Writes beside the target and moves into place, so that an interrupted write leaves the old file whole.</summary>
    public static void Write(ModelProfile profile, string path)
    {
        var partial = path + ".partial";
        using (var stream = File.Create(partial))
            JsonSerializer.Serialize(stream, profile, Json);
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>Every contradiction in the profile, as "key: what is wrong, what is allowed".</summary>
    public static IEnumerable<string> Check(ModelProfile p)
    {
        if (p.Format != ModelProfile.CurrentFormat)
            yield return $"format: is {p.Format}, allowed is {ModelProfile.CurrentFormat}";
        if (p.Model is null || p.Machine is null || p.Cuts is null || p.Exits is null || p.Partitions is null || p.WholeMs is null)
        {
            yield return "$: model, machine, cuts, exits, partitions and whole_ms must be objects or lists, none may be null";
            yield break;
        }
        if (p.Exits.Count == 0)
            yield return "exits: is empty, at least one exit is needed";
        if (p.Cuts.Count == 0)
            yield return "cuts: is empty, cut 0 (the input) is needed";
        for (var i = 0; i < p.Cuts.Count; i++)
        {
            if (p.Cuts[i].Id != i)
                yield return $"cuts[{i}].id: is {p.Cuts[i].Id}, allowed is {i} (ids are positions)";
            if (p.Cuts[i].Tensors is null || p.Cuts[i].Tensors.Count == 0 || p.Cuts[i].Tensors.Any(t => t.Elements <= 0 || t.Bytes <= 0))
                yield return $"cuts[{i}].tensors: each cut needs at least one tensor with elements and bytes above 0";
        }
        for (var i = 0; i < p.Exits.Count; i++)
            if (p.Exits[i].Id != i)
                yield return $"exits[{i}].id: is {p.Exits[i].Id}, allowed is {i} (ids are positions)";
        if (p.WholeMs.Count != p.Exits.Count)
            yield return $"whole_ms: has {p.WholeMs.Count} entries, allowed is one an exit ({p.Exits.Count})";
        for (var i = 0; i < p.Partitions.Count; i++)
        {
            var q = p.Partitions[i];
            if (q.Exit < 0 || q.Exit >= p.Exits.Count)
                yield return $"partitions[{i}].exit: is {q.Exit}, allowed is 0 to {p.Exits.Count - 1}";
            if (q.Cut < 0 || q.Cut >= p.Cuts.Count)
                yield return $"partitions[{i}].cut: is {q.Cut}, allowed is 0 to {p.Cuts.Count - 1}";
            if (!IsTime(q.HeadMs) || !IsTime(q.TailMs))
                yield return $"partitions[{i}]: head_ms and tail_ms need a finite median and p90 of 0 or more";
            if (q.HeadMemoryBytes < 0)
                yield return $"partitions[{i}].head_memory_bytes: is {q.HeadMemoryBytes}, allowed is 0 or more";
        }
        for (var e = 0; e < p.Exits.Count; e++)
        {
            if (p.Partitions.Count(q => q.Exit == e && q.Local) != 1)
                yield return $"partitions: exit {e} needs exactly one local partition";
            if (p.Partitions.Count(q => q.Exit == e && q.Cut == 0) != 1)
                yield return $"partitions: exit {e} needs exactly one partition with cut 0";
        }
        for (var i = 0; i < p.Accuracy.Count; i++)
            if (!(p.Accuracy[i].Value is >= 0 and <= 1))
                yield return $"accuracy[{i}].value: is {p.Accuracy[i].Value}, allowed is 0 to 1";
        for (var i = 0; i < p.InputEncodings.Count; i++)
            if (!(p.InputEncodings[i].Bytes > 0) || !double.IsFinite(p.InputEncodings[i].Bytes))
                yield return $"input_encodings[{i}].bytes: is {p.InputEncodings[i].Bytes}, allowed is above 0";
        if (p.Outcomes is { } o && (o.Confidence.Count != p.Exits.Count || o.Correct.Count != p.Exits.Count
            || o.Correct.Any(c => c.Length != o.Images) || o.Confidence.Any(c => c.Count != o.Images)))
            yield return $"outcomes: needs confidence and correct for each of {p.Exits.Count} exits and {o.Images} images";
    }

    private static bool IsTime(Duration? d) => d is { Median: >= 0, P90: >= 0 } && double.IsFinite(d.Median) && double.IsFinite(d.P90);
}
