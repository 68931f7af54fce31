using RlOffload.Environment;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Images;

namespace RlOffload.Inference.Sources;

/// <summary>
/// Frames at a steady rate, as a camera brings them: one that comes while too many are under way is lost and counted, never queued.
/// </summary>
/// <param name="frames">How many there are, how to write one, and its class where that is known; they come again and again.</param>
/// <param name="rate">Frames a second.</param>
/// <param name="deadline">Of each, s.</param>
/// <param name="requests">Frames to bring, lost ones included.</param>
public sealed class CameraSource((int Count, FillImage Fill, Func<int, int?> Label) frames, double rate, double deadline, int requests, int mostInFlight, RunClock clock) : IRequestSource
{
    private int _inFlight, _lost;

    public bool Waits => true;

    /// <summary>Frames that came while too many were under way.</summary>
    public int Lost => Volatile.Read(ref _lost);

    public static (int Count, FillImage Fill, Func<int, int?> Label) Images(ImageFolder folder) => (folder.Count, folder.Fill, _ => null);

    public static (int Count, FillImage Fill, Func<int, int?> Label) Images(LabelledImages images) =>
        (images.Count, (image, pixels) => images.Pixels(image).CopyTo(pixels), image => images.Label(image));

    public int? Label(int image) => frames.Label(image);

    public async Task Bring(Controller controller, CancellationToken cancel)
    {
        var begun = clock.Now;
        for (var i = 0; i < requests; i++)
        {
            await clock.Until(begun + i / rate, cancel).ConfigureAwait(false);
            if (Volatile.Read(ref _inFlight) >= mostInFlight)
            {
                Interlocked.Increment(ref _lost);
                continue;
            }
            Interlocked.Increment(ref _inFlight);
            controller.Submit(i % frames.Count, deadline, frames.Fill);
        }
    }

    public void Ended(Flight flight) => Interlocked.Decrement(ref _inFlight);
}
