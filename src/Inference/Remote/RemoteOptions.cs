using RlOffload.Inference.Emulation;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Remote;

/// <summary>What a device speaks to its remote half.</summary>
public enum RemoteKind : byte
{
    /// <summary>This project's messages by HTTP.</summary>
    Http,

    /// <summary>The Open Inference Protocol with plain tensors, to any server that has the tails loaded.</summary>
    Oip,

    /// <summary>This project's messages on a socket.</summary>
    Frames,
}

/// <param name="Token">Bearer token; null where the server asks for none.</param>
/// <param name="Model">How an <see cref="RemoteKind.Oip"/> server calls the tails (<see cref="OpenModelName"/>).</param>
public sealed record RemoteOptions(Uri Server, RemoteKind Kind = RemoteKind.Http, string? Token = null, string Model = OpenModelName.Default)
{
    internal IServerWire Open(RunClock clock, ShapedLink? link, PartitionSet partitions) => Kind switch
    {
        RemoteKind.Oip => new OpenWire(Server, clock, link, Token, partitions, Model),
        RemoteKind.Frames => new FrameWire(Server, clock, link, Token),
        _ => new MessageWire(Server, clock, link, Token),
    };

    /// <param name="inputEncoding">How split 0 sends the input; plain tensors have none.</param>
    public IRequestWriter Writer(PartitionSet partitions, string inputEncoding) =>
        Kind == RemoteKind.Oip ? new OpenRequestWriter(partitions) : new RequestWriter(partitions, inputEncoding);
}
