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
    public static ProfileHashes Of(ModelProfile p) => new(
        Hash(new
        {
            p.Model.Sha256, p.Model.Input, p.Model.Shape, p.Model.InputType,
            Cuts = p.Cuts.Select(c => new { c.Id, c.After, c.Tensors }),
            Exits = p.Exits.Select(e => new { e.Id, e.Output }),
            Partitions = p.Partitions.Select(q => new { q.Exit, q.Cut, q.Local }),
        }),
        Hash(new { p.Accuracy, p.InputEncodings, Exits = p.Exits.Select(e => e.Accuracy) }),
        Hash(new { p.Machine, p.Partitions, p.WholeMs }));

    private static string Hash(object content) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content, ProfileFile.Json)));
}
