using RlOffload.Environment;

namespace RlOffload.Inference.Images;

/// <summary>Writes a <see cref="FrameSet"/> as an IDX file [N, 3, 96, 96] and its labels as another [N], on all cores.</summary>
public static class FrameFile
{
    private const int BlockFrames = 256;

    /// <param name="progress">Told the number of frames written so far.</param>
    /// <exception cref="InputException">A file cannot be written; then neither is there.</exception>
    /// <exception cref="OperationCanceledException">Neither file is there, older ones of that name are whole.</exception>
    public static void Write(FrameSet set, string path, string labels, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        if (Path.GetFullPath(path) == Path.GetFullPath(labels))
            throw new InputException(path, "file", "is named for both the frames and their labels; name two files");
        using var frames = Create(path, set.Count, FrameGenerator.Channels, FrameGenerator.Side, FrameGenerator.Side);
        using var answers = Create(labels, set.Count);
        var block = new byte[BlockFrames * FrameGenerator.FrameBytes];
        var blockLabels = new byte[BlockFrames];
        for (var done = 0; done < set.Count; done += BlockFrames)
        {
            var size = Math.Min(BlockFrames, set.Count - done);
            var start = done;
            Parallel.For(0, size, new ParallelOptions { CancellationToken = cancel }, i =>
            {
                set.Frame(start + i, block.AsSpan(i * FrameGenerator.FrameBytes, FrameGenerator.FrameBytes));
                blockLabels[i] = (byte)set.Label(start + i);
            });
            frames.Write(block.AsSpan(0, size * FrameGenerator.FrameBytes));
            answers.Write(blockLabels.AsSpan(0, size));
            progress?.Report(done + size);
        }
        frames.Commit();
        answers.Commit();
    }

    private static IdxWriter Create(string path, params ReadOnlySpan<int> shape)
    {
        try
        {
            return new IdxWriter(path, shape);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "file", $"cannot be written ({e.Message.TrimEnd('.')})");
        }
    }
}
