using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace RlOffload.Inference;

/// <summary>Says when files that a running program uses are others: by looking every so often, or at once when SIGHUP asks.</summary>
/// <param name="seconds">Between two looks; infinite: only when asked.</param>
/// <param name="onHangUp">Whether SIGHUP asks.</param>
/// <param name="files">The files as they are now, as text that is the same as long as nobody touches them (<see cref="Of"/>).</param>
internal sealed class FileChanges(TimeProvider time, double seconds, bool onHangUp, Func<string> files)
{
    /// <summary>How often the caller gets its turn where nothing is looked at.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private string _judged = files();
    private string? _last;

    /// <summary>Which, how long, and when they were written.</summary>
    public static string Of(IEnumerable<string> paths) =>
        string.Join('\n', paths.Select(p => new FileInfo(p)).Select(f => f.Exists ? $"{f.FullName} {f.Length} {f.LastWriteTimeUtc.Ticks}" : f.FullName));

    /// <summary>
    /// A turn for every look, until cancelled: true where files are to be judged, because they are others than those judged last and nobody has touched them since the look before, or
    /// because SIGHUP asked. A folder that is being written is left alone.
    /// </summary>
    public async IAsyncEnumerable<bool> Looks([EnumeratorCancellation] CancellationToken cancel)
    {
        var ticks = Channel.CreateUnbounded<bool>();
        var every = double.IsFinite(seconds) ? TimeSpan.FromSeconds(seconds) : Idle;
        await using var timer = time.CreateTimer(_ => ticks.Writer.TryWrite(false), null, every, every);
        using var signal = onHangUp && !OperatingSystem.IsWindows() ? PosixSignalRegistration.Create(PosixSignal.SIGHUP, c =>
        {
            c.Cancel = true;
            ticks.Writer.TryWrite(true);
        }) : null;
        while (!cancel.IsCancellationRequested)
        {
            bool asked;
            try
            {
                asked = await ticks.Reader.ReadAsync(cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                yield break;
            }
            var judge = asked || HaveSettled();
            if (judge)
                _judged = files();
            yield return judge;
        }
    }

    private bool HaveSettled()
    {
        if (!double.IsFinite(seconds))
            return false;
        var now = files();
        var settled = now != _judged && now == _last;
        _last = now;
        return settled;
    }
}
