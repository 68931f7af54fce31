using RlOffload.Inference.Flights;

namespace RlOffload.Inference.Remote;

/// <summary>
/// A message or probe on its way to the server and what comes back, as its wire sees it. The wire ends it exactly once, stopped or not, and does not look at it after that: it carries
/// another request by then.
/// </summary>
internal abstract class Exchange
{
    private volatile bool _stopped;

    /// <summary>Whose message is sent; null of a probe.</summary>
    public Flight? Flight { get; private set; }

    /// <summary>Of a probe: nothing but the round trip is asked for, so it is as short as can be.</summary>
    public bool IsPing { get; private set; }

    public int Request { get; private set; }

    /// <summary>Nobody wants to know any more. It is ended all the same, as soon as nothing of it is being sent.</summary>
    public bool Stopped => _stopped;

    /// <summary>For wires whose library takes a token.</summary>
    public CancellationTokenSource? GivenUp { get; set; }

    public void Begin(Flight? flight, int request, bool isPing = false) => (Flight, Request, IsPing, GivenUp, _stopped) = (flight, request, isPing, null, false);

    /// <summary>Before <see cref="IServerWire.Stop"/>.</summary>
    public void Stop() => _stopped = true;

    /// <summary>Makes the message where that was not done yet. Called once, when its turn has come.</summary>
    /// <returns>False: it cannot be sent, as a tensor holds a NaN or an infinity.</returns>
    public abstract bool TryPrepare();

    /// <summary>The first byte is about to leave; not told by wires whose library would not say.</summary>
    public virtual void Leaves()
    {
    }

    /// <summary>The last byte has left, for all that the sender knows: its answer may have been read before that.</summary>
    public abstract void Sent();

    /// <param name="reply">What the server said, or why nothing came.</param>
    public abstract void End(in Reply reply);
}
