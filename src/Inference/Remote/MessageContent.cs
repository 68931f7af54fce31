using System.Net;
using System.Net.Http.Headers;

namespace RlOffload.Inference.Remote;

/// <summary>A message as the body of a POST, which says when its last byte has left.</summary>
internal sealed class MessageContent : HttpContent
{
    private static readonly MediaTypeHeaderValue Binary = new("application/octet-stream");

    private readonly ReadOnlyMemory<byte> _message;
    private readonly Action _sent;

    public MessageContent(ReadOnlyMemory<byte> message, Action sent)
    {
        (_message, _sent) = (message, sent);
        Headers.ContentType = Binary;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(_message, cancellationToken).ConfigureAwait(false);
        // What the connection still buffers, HTTP's own lines among it, goes out now; only then has the message left.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        _sent();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _message.Length;
        return true;
    }
}
