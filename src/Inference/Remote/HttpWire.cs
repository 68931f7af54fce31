using System.Net.Sockets;
using RlOffload.Inference.Flights;

namespace RlOffload.Inference.Remote;

/// <summary>A wire of HttpClient's: each exchange is a task of its own and given up by its token.</summary>
internal abstract class HttpWire(HttpClient http) : IServerWire
{
    /// <summary>Longer answers are no answers, bytes.</summary>
    protected const int MostAnswerBytes = 64 << 20;

    protected HttpClient Http { get; } = http;

    public abstract Task<bool> WarmUp(CancellationToken cancel);

    public void Begin(Exchange exchange)
    {
        exchange.GivenUp = new CancellationTokenSource();
        _ = Run(exchange, exchange.GivenUp.Token);
    }

    // Not here and now: what hangs on the token would run on the controller's loop.
    public void Stop(Exchange exchange) => _ = exchange.GivenUp!.CancelAsync();

    public void Dispose() => Http.Dispose();

    /// <summary>Sends a flight's message and waits for the answer.</summary>
    /// <param name="sent">Called when the last byte has left.</param>
    /// <exception cref="HttpRequestException">Nobody listens, or the connection broke.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public abstract Task<Reply> Exchange(Flight flight, int request, Action sent, CancellationToken cancel);

    /// <summary>Sends bytes whose only purpose is to be timed; ends when the server has them.</summary>
    /// <param name="isPing">As few of them as can be.</param>
    protected abstract Task<Reply> Probe(bool isPing, Action sent, CancellationToken cancel);

    private async Task Run(Exchange exchange, CancellationToken cancel)
    {
        // The controller's loop must not wait for what happens here.
        await Task.Yield();
        var reply = new Reply(Reason.BrokenOff, 0);
        try
        {
            if (!exchange.TryPrepare())
                reply = new Reply(Reason.NotFinite, 0);
            else if (exchange.Flight is { } flight)
                reply = await Exchange(flight, exchange.Request, exchange.Sent, cancel).ConfigureAwait(false);
            else
                reply = await Probe(exchange.IsPing, exchange.Sent, cancel).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            reply = new Reply(Reason.Unreachable, 0);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            // It broke off, or was stopped.
        }
        finally
        {
            exchange.End(reply);
        }
    }
}
