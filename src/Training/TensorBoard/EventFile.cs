using Google.Protobuf;
using RlOffload.Training.TensorBoard.Proto;

namespace RlOffload.Training.TensorBoard;

/// <summary>Scalars by step in a file that TensorBoard reads: 'tensorboard --logdir' of the folder shows them while training goes on.</summary>
/// <param name="path">Its name holds "tfevents", by which TensorBoard finds it.</param>
public sealed class EventFile(string path)
{
    public string Path => path;

    /// <summary>Replaces what is there by a file without scalars.</summary>
    public void Begin(DateTimeOffset now)
    {
        File.Delete(path);
        Append(new Event { WallTime = Seconds(now), FileVersion = "brain.Event:2" });
    }

    /// <summary>Scalars that are no finite numbers are left out.</summary>
    public void Append(long step, DateTimeOffset now, IEnumerable<(string Tag, double Value)> scalars)
    {
        var summary = new Summary();
        foreach (var (tag, value) in scalars)
            if (double.IsFinite(value))
                summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });
        if (summary.Value.Count > 0)
            Append(new Event { WallTime = Seconds(now), Step = step, Summary = summary });
    }

    /// <summary>Leaves out what comes after a step, and whatever a crash tore: it will be written again.</summary>
    public void CutBack(long step)
    {
        if (!File.Exists(path))
            return;
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        var kept = 0;
        while (TfRecord.TryRead(bytes[kept..], out var data, out var length) && Event.Parser.ParseFrom(data).Step <= step)
            kept += length;
        if (kept < bytes.Length)
            using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                file.SetLength(kept);
    }

    private void Append(Event e)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        file.Write(TfRecord.Frame(e.ToByteArray()));
    }

    private static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}
