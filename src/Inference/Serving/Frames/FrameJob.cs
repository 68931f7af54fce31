using System.Buffers;

namespace RlOffload.Inference.Serving.Frames;

/// <summary>A message that came on a socket; its answer leaves on the same one.</summary>
internal sealed class FrameJob : Job
{
    private readonly FrameConnection _connection;

    public FrameJob(FrameConnection connection, int bytes)
    {
        _connection = connection;
        Message = ArrayPool<byte>.Shared.Rent(bytes);
        Length = bytes;
    }

    public override void Complete() => _connection.Completed(this);

    /// <summary>Only once no worker has it.</summary>
    public void Free()
    {
        ArrayPool<byte>.Shared.Return(Message);
        if (Answer is { } answer)
            ArrayPool<byte>.Shared.Return(answer);
        (Message, Answer) = ([], null);
    }
}
