using System.Buffers.Binary;
using System.Net.Sockets;
using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Remote;

/// <summary>The other end of a frame wire: a socket that says what the test wants, when it wants.</summary>
internal sealed class FramePeer(Socket socket) : IDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);

    public bool HasMore => _stream.DataAvailable;

    public async Task<byte[]> Header(CancellationToken cancel = default)
    {
        var header = new byte[RequestHeader.Size];
        await _stream.ReadExactlyAsync(header, cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        return header;
    }

    public async Task<byte[]> Payload(byte[] header, CancellationToken cancel = default)
    {
        var payload = new byte[BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12))];
        await _stream.ReadExactlyAsync(payload, cancel);
        return payload;
    }

    public async Task<byte[]> Frame(CancellationToken cancel = default) => await Header(cancel) is var header ? [.. header, .. await Payload(header, cancel)] : [];

    public async Task Some() => await _stream.ReadAtLeastAsync(new byte[1], 1);

    /// <summary>Bytes until the end, or until the connection is reset.</summary>
    public async Task<long> Rest()
    {
        var (bytes, buffer) = (0L, new byte[1 << 16]);
        try
        {
            for (int some; (some = await _stream.ReadAsync(buffer)) > 0;)
                bytes += some;
        }
        catch (IOException)
        {
            // Reset.
        }
        return bytes;
    }

    public async Task Write(byte[] bytes) => await _stream.WriteAsync(bytes);

    public void Dispose() => _stream.Dispose();

    /// <summary>An answer of exit 1 whose best class is the request's last digit.</summary>
    public static byte[] Answer(uint request, int floats = 10)
    {
        var answer = new byte[AnswerHeader.Size + 4 * floats];
        BinaryPrimitives.WriteSingleLittleEndian(answer.AsSpan(AnswerHeader.Size + 4 * (int)(request % 10)), 1);
        new AnswerHeader(1, 1, 4 * floats, 0.001, 0.002, request).Write(answer);
        Checksum.Seal(answer);
        return answer;
    }
}
