using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using RlOffload.Inference.Wire;

namespace RlOffload.Training.Benchmarks.Serving;

/// <summary>One client on a blocking socket, as lean as can be: what is measured is the server.</summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly LoadMessage _message;
    private readonly byte[] _buffer = new byte[1 << 16];

    public LoadConnection(Uri server, LoadMessage message)
    {
        _message = message;
        _socket.Connect(server.Host, server.Port);
    }

    /// <summary>Sends the message and waits for what comes back.</summary>
    /// <returns>Whether it was answered; false: refused as too much.</returns>
    /// <exception cref="InvalidDataException">The answer is none, or holds other numbers than the tail gives.</exception>
    public bool Exchange()
    {
        for (var at = 0; at < _message.Bytes.Length;)
            at += _socket.Send(_message.Bytes.AsSpan(at));
        return _message.Transport == LoadTransport.Frames ? ReadFrame() : ReadHttp();
    }

    public void Dispose() => _socket.Dispose();

    private bool ReadFrame()
    {
        Fill(0, AnswerHeader.Size);
        if (!ControlHeader.Is(_buffer))
        {
            var payload = BitConverter.ToInt32(_buffer, 8);
            Fill(AnswerHeader.Size, AnswerHeader.Size + payload);
            Check(_buffer.AsSpan(AnswerHeader.Size, payload));
            return true;
        }
        var refusal = ControlHeader.Read(_buffer, out var problem);
        Fill(ControlHeader.Size, ControlHeader.Size + refusal.PayloadBytes);
        return problem is null && refusal.Status == 429
            ? false : throw new InvalidDataException($"the server refused {refusal.Status}: {Encoding.UTF8.GetString(_buffer, ControlHeader.Size, refusal.PayloadBytes)}");
    }

    private bool ReadHttp()
    {
        var (read, end) = (0, -1);
        while (end < 0)
        {
            read += Receive(read, _buffer.Length);
            end = _buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
        }
        var head = Encoding.ASCII.GetString(_buffer, 0, end);
        var body = end + 4;
        var at = head.IndexOf("Content-Length:", StringComparison.OrdinalIgnoreCase);
        var chunked = at < 0;
        var length = chunked ? 0 : int.Parse(head[(at + 15)..].Split('\r')[0]);
        if (chunked)
            while (!_buffer.AsSpan(0, read).EndsWith("0\r\n\r\n"u8))
                read += Receive(read, _buffer.Length);
        else
            Fill(read, body + length);
        if (head.StartsWith("HTTP/1.1 429", StringComparison.Ordinal))
            return false;
        if (!head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
            throw new InvalidDataException($"the server answered {head.Split('\r')[0]}");
        Check(_buffer.AsSpan(body + length - 4 * _message.Expected.Length, 4 * _message.Expected.Length));
        return true;
    }

    private void Check(ReadOnlySpan<byte> payload)
    {
        var numbers = MemoryMarshal.Cast<byte, float>(payload);
        for (var i = 0; i < _message.Expected.Length; i++)
            if (!(Math.Abs(numbers[i] - _message.Expected[i]) <= 1e-4f))
                throw new InvalidDataException($"number {i} of an answer is {numbers[i]}, the tail gives {_message.Expected[i]}");
    }

    private void Fill(int from, int to)
    {
        while (from < to)
            from += Receive(from, to);
    }

    private int Receive(int from, int to) => _socket.Receive(_buffer.AsSpan(from, to - from)) is var read and > 0 ? read : throw new IOException("the server closed the connection");
}
