using System.Security.Cryptography;
using System.Text.Json;

namespace RlOffload.Environment.Links;

/// <summary>Windows drawn from fitted link models, taken in turn; every window number is a new draw.</summary>
/// <param name="seed">Of the draws; training and test windows of one model are kept apart by different seeds.</param>
public sealed class ModelLinks(IReadOnlyList<LinkModel> models, RttModel roundTrips, ulong seed) : ILinks
{
    public IReadOnlyList<LinkModel> Models { get; } = models;
    public int? Windows => null;

    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(new HashedLinks(seed, [.. models.Select(m => m.Parameters)]), JsonContracts.Of(LinkModel.Json, EnvironmentJson.Default).Contract<HashedLinks>())));

    public LinkWindow At(int window, double seconds) =>
        new(Models[window % Models.Count].Draw(seed, (ulong)window, seconds), 0, window);

    public double DrawRtt(ref Rng rng) => roundTrips.Draw(ref rng);
}

internal sealed record HashedLinks(ulong Seed, LinkModelFile[] Models);
