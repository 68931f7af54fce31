using System.Security.Cryptography;
using System.Text.Json;

namespace RlOffload.Environment.Profiles;

/// <summary>
/// SHA-256 of three layers of a profile. Another structure is another network, for which no policy was trained; other accuracy figures or
/// times are another measurement of the same one.
/// </summary>
/// <param name="Structure">Model file, input, cuts with their tensors, exits, and which (exit, cut) exist.</param>
/// <param name="Accuracy">Accuracy by (exit, cut, bits) and the input encodings.</param>
/// <param name="Times">Everything that was timed, and the machine that it was timed on.</param>
public sealed record ProfileHashes(string Structure, string Accuracy, string Times)
{
    private static readonly JsonSerializerOptions Json = JsonContracts.Of(ProfileFile.Json, EnvironmentJson.Default);

    public static ProfileHashes Of(ModelProfile p) => new(
        Hash(new HashedStructure(p.Model.Sha256, p.Model.Input, p.Model.Shape, p.Model.InputType, [.. p.Cuts.Select(c => new HashedCut(c.Id, c.After, c.Tensors))],
            [.. p.Exits.Select(e => new HashedExit(e.Id, e.Output))], [.. p.Partitions.Select(q => new HashedPartition(q.Exit, q.Cut, q.Local))])),
        Hash(new HashedAccuracy(p.Accuracy, p.InputEncodings, [.. p.Exits.Select(e => e.Accuracy)])),
        Hash(new HashedTimes(p.Machine, p.Partitions, p.WholeMs)));

    private static string Hash<T>(T content) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content, Json.Contract<T>())));
}

// What is hashed, with the names and the order that the hashes in policies were made of.
internal sealed record HashedStructure(
    string Sha256, string Input, IReadOnlyList<long> Shape, string InputType, HashedCut[] Cuts, HashedExit[] Exits, HashedPartition[] Partitions);

internal sealed record HashedCut(int Id, string After, IReadOnlyList<CutTensor> Tensors);

internal sealed record HashedExit(int Id, string Output);

internal sealed record HashedPartition(int Exit, int Cut, bool Local);

internal sealed record HashedAccuracy(IReadOnlyList<AccuracyCell> Accuracy, IReadOnlyList<InputEncoding> InputEncodings, double?[] Exits);

internal sealed record HashedTimes(MeasuringMachine Machine, IReadOnlyList<Partition> Partitions, IReadOnlyList<Duration> WholeMs);
