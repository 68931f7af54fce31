using System.Buffers;

namespace RlOffload.Inference.Serving.Http;

/// <summary>A job whose connection waits for it without a thread.</summary>
internal sealed class HttpJob : Job, IDisposable
{
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HttpJob(int bytes) => Message = ArrayPool<byte>.Shared.Rent(Math.Max(bytes, 1));

    public Task Completed => _completed.Task;

    public override void Complete() => _completed.SetResult();

    /// <summary>Only once no worker has it.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(Message);
        if (Answer is { } answer)
            ArrayPool<byte>.Shared.Return(answer);
        (Message, Answer) = ([], null);
    }
}
