using System.Globalization;
using System.Text;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Remote;

/// <summary>What a server said to a message.</summary>
/// <param name="At">When, s since the clock's origin.</param>
/// <param name="Timed">Whether the header holds the server's own durations: not every server says them.</param>
/// <param name="Class">Class that the answer is; -1 for none.</param>
/// <param name="Refusal">Status and text where it refused.</param>
/// <param name="RetryAfter">When it wants to be asked again, s; 0 where it said nothing.</param>
/// <param name="Pace">To a probe: how long its tails take, as a multiple of the profile's times; 0 where it said nothing.</param>
/// <param name="Received">How long what was sent took to come in, s; 0 where it said nothing.</param>
internal readonly record struct Reply(Reason Reason, double At, AnswerHeader Header = default, bool Timed = false, int Class = -1, string? Refusal = null, double RetryAfter = 0, double Pace = 0, double Received = 0)
{
    /// <summary>As much of a server's text as is kept.</summary>
    public const int LongestText = 300;

    public static Reply Refused(double at, int status, string text, double retryAfter) =>
        new(Reason.Refused, at, Refusal: $"{status} {text[..Math.Min(text.Length, LongestText)].TrimEnd()}", RetryAfter: retryAfter);

    /// <summary>A refusal by HTTP: Retry-After-Ms, which this project's server adds, else Retry-After in s.</summary>
    public static async Task<Reply> Refused(HttpResponseMessage response, double at, CancellationToken cancel)
    {
        var after = response.Headers.RetryAfter?.Delta?.TotalSeconds ?? 0;
        if (response.Headers.TryGetValues("Retry-After-Ms", out var values) && double.TryParse(values.First(), NumberStyles.Float, CultureInfo.InvariantCulture, out var ms) && ms is >= 0 and < double.PositiveInfinity)
            after = ms / 1000;
        return Refused(at, (int)response.StatusCode, Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false)), after);
    }
}

/// <summary>How messages travel to a server: by HTTP as they are, by the Open Inference Protocol, or by frames on a socket.</summary>
internal interface IServerWire : IDisposable
{
    /// <summary>Opens the connection and takes the first request's one-time costs.</summary>
    /// <returns>Whether the server answered.</returns>
    /// <exception cref="HttpRequestException">Nobody listens, or the connection broke.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    Task<bool> WarmUp(CancellationToken cancel);

    /// <summary>Sends the exchange's message, or a probe, and ends it when the answer is here or none will come. Does not wait for anything.</summary>
    void Begin(Exchange exchange);

    /// <summary>An exchange that began, has not ended and was stopped is to end soon. Does not wait for anything; may end it.</summary>
    void Stop(Exchange exchange);
}
