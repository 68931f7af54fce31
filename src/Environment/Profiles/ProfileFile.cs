using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace RlOffload.Environment.Profiles;

/// <summary>Reads and writes a <see cref="ModelProfile"/> as JSON with snake_case keys; a file that makes no sense is refused with every reason.</summary>
public static class ProfileFile
{
    /// <summary>How such a file is laid out, and reports like it.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
        // One line an entry keeps a profile readable, and small enough to commit.
        Converters =
        {
            new OneLine<CutTensor>(), new OneLine<Duration>(), new OneLine<Partition>(), new OneLine<AccuracyCell>(), new OneLine<ProfiledNode>(),
            new OneLine<UntimedCut>(), new OneLine<IReadOnlyList<float>>(), new OneLine<IReadOnlyList<double>>(), new OneLine<IReadOnlyList<long>>(),
        },
    };

    internal static readonly JsonTypeInfo<ModelProfile> Contract = JsonContracts.Of(Json, EnvironmentJson.Default.Keeping<ModelProfile>()).Contract<ModelProfile>();

    /// <summary>Of the tensors of a cut together: what is sent is one message, whose length is a whole number of 32 bits.</summary>
    public const long MostBytes = 1L << 30;

    private const int MostTensors = 256;

    /// <exception cref="InputException">The file is missing, is not JSON, or contradicts itself.</exception>
    public static ModelProfile Read(string path)
    {
        ModelProfile? profile;
        try
        {
            using var stream = File.OpenRead(path);
            profile = JsonSerializer.Deserialize(stream, Contract);
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
            JsonSerializer.Serialize(stream, profile, Contract);
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>Every contradiction in the profile, as "key: what is wrong, what is allowed".</summary>
    public static IEnumerable<string> Check(ModelProfile p)
    {
        if (p.Format != ModelProfile.CurrentFormat)
            yield return $"format: is {p.Format}, allowed is {ModelProfile.CurrentFormat}";
        if (HasNull(p.Cuts) || HasNull(p.Exits) || HasNull(p.Partitions) || HasNull(p.WholeMs) || HasNull(p.Accuracy) || HasNull(p.InputEncodings)
            || HasNull(p.Untimed) || HasNull(p.Nodes) || HasNull(p.Assumptions ?? []) || p.Cuts.Any(c => HasNull(c.Tensors))
            || p.Exits.Any(e => HasNull(e.AllOutputs)) || p.Nodes.Any(n => HasNull(n.Inputs) || HasNull(n.Outputs)))
        {
            yield return "$: a list holds a null, allowed are objects";
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
            if (p.Cuts[i].Tensors.Count is 0 or > MostTensors || p.Cuts[i].Tensors.Any(t => t.Elements is <= 0 or > MostBytes || t.Bytes is <= 0 or > MostBytes))
                yield return $"cuts[{i}].tensors: each cut needs 1 to {MostTensors} tensors, each with elements and bytes of 1 to {MostBytes}";
            else if (p.Cuts[i].Bytes > MostBytes || p.Cuts[i].Elements > MostBytes)
                yield return $"cuts[{i}].tensors: are {p.Cuts[i].Bytes} bytes together, allowed is up to {MostBytes}";
            for (var t = 0; t < p.Cuts[i].Tensors.Count; t++)
                if (p.Cuts[i].Tensors[t] is { Shape: { } shape } tensor && (shape.Any(d => d < 1) || shape.Aggregate(1.0, (a, d) => a * d) != tensor.Elements))
                    yield return $"cuts[{i}].tensors[{t}].shape: is {string.Join('x', shape)}, allowed are sizes of 1 or more whose product is elements ({tensor.Elements})";
        }
        for (var i = 0; i < p.Exits.Count; i++)
            if (p.Exits[i].Id != i)
                yield return $"exits[{i}].id: is {p.Exits[i].Id}, allowed is {i} (ids are positions)";
        for (var i = 0; i < p.Exits.Count; i++)
            if (p.Exits[i].Accuracy is { } a && !(a is >= 0 and <= 1))
                yield return $"exits[{i}].accuracy: is {a}, allowed is 0 to 1";
        if (p.WholeMs.Count != p.Exits.Count)
            yield return $"whole_ms: has {p.WholeMs.Count} entries, allowed is one an exit ({p.Exits.Count})";
        for (var i = 0; i < p.WholeMs.Count; i++)
            if (!IsTime(p.WholeMs[i]))
                yield return $"whole_ms[{i}]: needs a finite median and p90 of 0 or more";
        for (var i = 0; i < p.Partitions.Count; i++)
        {
            var q = p.Partitions[i];
            if (q.Exit < 0 || q.Exit >= p.Exits.Count)
                yield return $"partitions[{i}].exit: is {q.Exit}, allowed is 0 to {p.Exits.Count - 1}";
            if (q.Cut < 0 || q.Cut >= p.Cuts.Count)
                yield return $"partitions[{i}].cut: is {q.Cut}, allowed is 0 to {p.Cuts.Count - 1}";
            if (!IsTime(q.HeadMs) || !IsTime(q.TailMs))
                yield return $"partitions[{i}]: head_ms and tail_ms need a finite median and p90 of 0 or more";
            if (q.ServerTailMs is { } server && !IsTime(server))
                yield return $"partitions[{i}].server_tail_ms: needs a finite median and p90 of 0 or more";
            if (!IsTime(q.HeadLayersMs) || !IsTime(q.TailLayersMs))
                yield return $"partitions[{i}]: head_layers_ms and tail_layers_ms are {q.HeadLayersMs} and {q.TailLayersMs}, allowed are finite numbers of 0 or more";
            if (q.HeadMemoryBytes < 0)
                yield return $"partitions[{i}].head_memory_bytes: is {q.HeadMemoryBytes}, allowed is 0 or more";
        }
        for (var i = 0; i < p.Nodes.Count; i++)
            if (!IsTime(p.Nodes[i].Ms) || !IsTime(p.Nodes[i].ServerMs ?? 0))
                yield return $"nodes[{i}]: ms and server_ms are {p.Nodes[i].Ms} and {p.Nodes[i].ServerMs}, allowed are finite numbers of 0 or more";
        if (p.Model.Pixels is { } pixels && (pixels.Mean.Count == 0 || pixels.Mean.Count != pixels.Std.Count || !double.IsFinite(pixels.Scale)
            || !pixels.Mean.All(double.IsFinite) || !pixels.Std.All(s => double.IsFinite(s) && s != 0)))
            yield return "model.pixels: needs a finite scale, and for each channel a finite mean and a finite std other than 0";
        for (var e = 0; e < p.Exits.Count; e++)
        {
            if (p.Partitions.Count(q => q.Exit == e && q.Local) != 1)
                yield return $"partitions: exit {e} needs exactly one local partition";
            if (p.Partitions.Count(q => q.Exit == e && q.Cut == 0) != 1)
                yield return $"partitions: exit {e} needs exactly one partition with cut 0";
        }
        foreach (var twice in p.Partitions.GroupBy(q => (q.Exit, q.Cut)).Where(g => g.Count() > 1))
            yield return $"partitions: exit {twice.Key.Exit}, cut {twice.Key.Cut} stands there {twice.Count()} times, allowed is once";
        foreach (var twice in p.Accuracy.GroupBy(a => (a.Exit, a.Cut, a.Bits)).Where(g => g.Count() > 1))
            yield return $"accuracy: exit {twice.Key.Exit}, cut {twice.Key.Cut}, {twice.Key.Bits} bits stands there {twice.Count()} times, allowed is once";
        for (var i = 0; i < p.Accuracy.Count; i++)
            if (p.Accuracy[i] is { } cell && (cell.Exit < 0 || cell.Exit >= p.Exits.Count || cell.Cut < 0 || cell.Cut >= p.Cuts.Count || cell.Bits is < 1 or > 32))
                yield return $"accuracy[{i}]: is of exit {cell.Exit}, cut {cell.Cut}, {cell.Bits} bits, allowed is an exit and a cut of this profile and 1 to 32 bits";
        for (var i = 0; i < p.Accuracy.Count; i++)
            if (!(p.Accuracy[i].Value is >= 0 and <= 1))
                yield return $"accuracy[{i}].value: is {p.Accuracy[i].Value}, allowed is 0 to 1";
        for (var i = 0; i < p.InputEncodings.Count; i++)
            if (!(p.InputEncodings[i].Bytes > 0) || !double.IsFinite(p.InputEncodings[i].Bytes))
                yield return $"input_encodings[{i}].bytes: is {p.InputEncodings[i].Bytes}, allowed is above 0";
        for (var i = 0; i < p.InputEncodings.Count; i++)
            if (!(p.InputEncodings[i].AccuracyLoss is >= -1 and <= 1))
                yield return $"input_encodings[{i}].accuracy_loss: is {p.InputEncodings[i].AccuracyLoss}, allowed is -1 to 1";
        foreach (var twice in p.InputEncodings.GroupBy(e => e.Name).Where(g => g.Count() > 1))
            yield return $"input_encodings: '{twice.Key}' stands there {twice.Count()} times, allowed is once";
        if (p.Outcomes is { } o && (o.Confidence.Count != p.Exits.Count || o.Entropy.Count != p.Exits.Count || o.Correct.Count != p.Exits.Count
            || o.Correct.Any(c => c?.Length != o.Images) || o.Confidence.Concat(o.Entropy).Any(c => c?.Count != o.Images)))
            yield return $"outcomes: needs confidence, entropy and correct for each of {p.Exits.Count} exits and {o.Images} images";
    }

    private static bool HasNull<T>(IReadOnlyList<T> list) where T : class => list.Any(x => x is null);

    private static bool IsTime(double ms) => ms >= 0 && double.IsFinite(ms);

    private static bool IsTime(Duration? d) => d is { Median: >= 0, P90: >= 0 } && double.IsFinite(d.Median) && double.IsFinite(d.P90);
}
