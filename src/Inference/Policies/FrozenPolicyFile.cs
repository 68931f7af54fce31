using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Inference.Policies;

/// <summary>Reads and writes the folder of a frozen policy: policy.json, and policy.onnx, policy.tree or policy.table.</summary>
public static class FrozenPolicyFile
{
    public const string Description = "policy.json";
    public const string Graph = "policy.onnx";
    public const string Tree = "policy.tree";
    public const string Table = "policy.table";
    public const int LeastGolden = 16;

    /// <summary>Whatever a policy's folder may hold of it.</summary>
    public static readonly IReadOnlyList<string> Names = [Description, Graph, Tree, Table];

    /// <summary>How it is laid out, and reports like it.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
        // Plans are called local@1+probe, and nobody pastes this into a web page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new Spelt<PolicyForm>(), new Spelt<PlanKind>(), new Spelt<GateMeasure>(), new Spelt<RateKnowledge>(), new Spelt<BacklogKnowledge>(), new Spelt<ArrivalKind>(), new Spelt<AccuracySource>(),
            new Spelt<OutcomeKind>(), new NumbersOnOneLine(),
        },
        TypeInfoResolver = InferenceJson.Default.Keeping<FrozenPolicy>().Keeping<Scenario>(),
    };

    internal static readonly JsonTypeInfo<FrozenPolicy> Contract = Json.Contract<FrozenPolicy>();

    /// <summary>Name of the file that decides.</summary>
    public static string NameOf(PolicyForm form) => form switch { PolicyForm.Tree => Tree, PolicyForm.Table => Table, _ => Graph };

    /// <summary>SHA-256 of all that policy.json says, however it is laid out: it names graph, model, profile and plans by their hashes, so it stands for all of them.</summary>
    public static string HashOf(FrozenPolicy policy) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(policy, Contract)));

    /// <summary>Whether the folder holds a frozen policy, rather than something else that can be verified.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, Description));

    /// <summary>
    /// Writes both files beside their targets, replays the golden vectors on them, and only then moves them into place: a policy that does not
    /// decide as its trained network did is never written.
    /// </summary>
    /// <exception cref="InputException">The description contradicts itself, or the graph does not answer its golden vectors.</exception>
    public static void Write(string folder, FrozenPolicy policy, ReadOnlySpan<byte> graph)
    {
        policy = policy with { GraphSha256 = Convert.ToHexStringLower(SHA256.HashData(graph)) };
        var description = Path.Combine(folder, Description);
        Refuse(description, FrozenPolicyCheck.Problems(policy));
        var written = Path.Combine(folder, NameOf(policy.Form));
        using (var session = PolicyFunction.Open(graph.ToArray(), written, policy))
            Refuse(description, GoldenReplay.Run(session, policy.Golden).Problems);
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(written + ".partial", graph);
        File.WriteAllBytes(description + ".partial", JsonSerializer.SerializeToUtf8Bytes(policy, Contract));
        File.Move(written + ".partial", written, overwrite: true);
        File.Move(description + ".partial", description, overwrite: true);
    }

    /// <exception cref="InputException">A file is missing or malformed, or the description contradicts itself; with every reason found.</exception>
    public static FrozenPolicy Read(string folder)
    {
        var path = Path.Combine(folder, Description);
        FrozenPolicy? policy;
        try
        {
            policy = JsonSerializer.Deserialize(File.ReadAllBytes(path), Contract);
        }
        catch (JsonException e)
        {
            throw new InputException(path, e.Path ?? "$", $"is no frozen policy of format {FrozenPolicy.CurrentFormat} ({e.Message}); write one with 'rloffload export'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "file", $"cannot be read ({e.Message.TrimEnd('.')}); a folder made by 'rloffload export' is needed");
        }
        if (policy is null)
            throw new InputException(path, "$", "is empty; a frozen policy is a JSON object");
        Refuse(path, FrozenPolicyCheck.Problems(policy));
        return policy;
    }

    /// <param name="of">The policy whose file it has to be; null: whatever is there.</param>
    /// <param name="form">Where no policy is given.</param>
    /// <exception cref="InputException">The file cannot be read, or is not the one that was exported: a byte behind its end is enough.</exception>
    public static byte[] ReadGraph(string folder, FrozenPolicy? of = null, PolicyForm form = PolicyForm.Onnx)
    {
        var path = Path.Combine(folder, NameOf(of?.Form ?? form));
        try
        {
            var graph = File.ReadAllBytes(path);
            if (of is { GraphSha256.Length: > 0 } && Convert.ToHexStringLower(SHA256.HashData(graph)) is var sha && sha != of.GraphSha256)
                throw new InputException(path, "sha256", $"is {sha}, allowed is {of.GraphSha256} of {Description}: the file was changed after export");
            return graph;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "file", $"cannot be read ({e.Message.TrimEnd('.')}); a frozen policy has {Description} and {NameOf(of?.Form ?? form)}");
        }
    }

    /// <summary>The file that policy.json names, else one of that name inside the folder; null where neither is there.</summary>
    public static string? Find(string folder, string named)
    {
        if (named.Contains('\0', StringComparison.Ordinal))
            return null; // no file has such a name
        var beside = Path.GetFullPath(Path.Combine(folder, named));
        var inside = Path.Combine(folder, Path.GetFileName(named));
        return File.Exists(beside) ? beside : File.Exists(inside) ? inside : null;
    }

    /// <summary>The same, of a file that has to be there.</summary>
    /// <param name="option">Of the command, that may name it instead.</param>
    /// <exception cref="InputException">It is not.</exception>
    public static string Require(string folder, string named, string option) => Find(folder, named)
        ?? throw new InputException(Path.Combine(folder, Description), option, $"{named} is not there; name the file with {option}");

    private static void Refuse(string path, IEnumerable<string> problems)
    {
        var found = problems.Select(p => $"{path}:{p}").ToList();
        if (found.Count > 0)
            throw new InputException(found);
    }

    /// <summary>By name; a number would not say what it means.</summary>
    private sealed class Spelt<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) where T : struct, Enum;

    /// <summary>An observation of 60 numbers on 60 lines is unreadable.</summary>
    private sealed class NumbersOnOneLine : JsonConverter<IReadOnlyList<float>>
    {
        public override IReadOnlyList<float> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize(ref reader, options.Contract<float[]>())!;

        public override void Write(Utf8JsonWriter writer, IReadOnlyList<float> value, JsonSerializerOptions options) =>
            writer.WriteRawValue(JsonSerializer.Serialize(value.ToArray(), InferenceJson.Default.SingleArray));
    }
}
