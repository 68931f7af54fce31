using System.Runtime.InteropServices;

namespace RlOffload.Inference.Serving;

/// <summary>Ctrl-C and SIGTERM, where no web host listens for them.</summary>
internal static class ShutdownSignal
{
    public static async Task Wait(CancellationToken cancel)
    {
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Note(PosixSignalContext signal)
        {
            // The process ends when the caller is done, not at once.
            signal.Cancel = true;
            came.TrySetResult();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Note);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Note);
        using var token = cancel.Register(() => came.TrySetResult());
        await came.Task.ConfigureAwait(false);
    }
}
