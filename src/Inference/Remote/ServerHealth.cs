using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Inference.Serving;

namespace RlOffload.Inference.Remote;

/// <summary>What a server says of itself at /health.</summary>
/// <param name="Wire">Version of the messages it takes.</param>
/// <param name="Partitions">Parts of the model that are open.</param>
/// <param name="Swaps">Networks that took over while it served.</param>
/// <param name="SwapsRefused">Networks that failed a check, so that the one before them stayed.</param>
public sealed record ServerHealth(string Status, int Wire, string Model, string Sha256, int Partitions, long Answered, long Refused, long Swaps = 0, long SwapsRefused = 0)
{
    /// <summary>How messages of this kind look.</summary>
    internal static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, TypeInfoResolver = InferenceJson.Default };

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json.Contract<ServerHealth>());

    /// <summary>Asks a server; null where nobody answers in time.</summary>
    public static async Task<ServerHealth?> Of(Uri server, TimeSpan timeout, CancellationToken cancel)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = timeout };
        try
        {
            return JsonSerializer.Deserialize(await http.GetByteArrayAsync(new Uri(server, RemoteServer.HealthPath), cancel).ConfigureAwait(false), Json.Contract<ServerHealth>());
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }
}
