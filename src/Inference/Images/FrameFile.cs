using RlOffload.Environment;

namespace RlOffload.Inference.Images;

/// <summary>What <see cref="FrameFile.Write"/> makes: which items of which source, and where the frames and labels go.</summary>
/// <param name="Images">IDX file of 28x28 grey items.</param>
/// <param name="Labels">IDX file with one label for every item.</param>
/// <param name="First">Index of the first item taken.</param>
/// <param name="Count">How many items are taken; none means all from the first.</param>
public sealed record FrameFileOptions(
    string Images, string Labels, string Out, string OutLabels, ulong Seed, int First = 0, int? Count = null);

/// <summary>Makes the frames of a range of source items, on all cores, into an IDX file [N, 3, 96, 96] with its labels beside.</summary>
public static class FrameFile
{
    private const int BlockFrames = 256;

    /// <param name="progress">Told how many of how many frames are written.</param>
    /// <returns>The number of frames written.</returns>
    /// <exception cref="InputException">A source is no such IDX file, labels and items differ in number, or the range is not in the source.</exception>
    public static int Write(FrameFileOptions options, IProgress<(int Done, int Of)>? progress = null, CancellationToken cancel = default)
    {
        var items = IdxFile.Read(options.Images, FrameGenerator.ItemSide, FrameGenerator.ItemSide);
        var labels = IdxFile.Read(options.Labels, []);
        var count = Check(options, items, labels);

        using var frames = Open(options.Out, count, FrameGenerator.Channels, FrameGenerator.Side, FrameGenerator.Side);
        using var copied = Open(options.OutLabels, count);
        var generator = new FrameGenerator(options.Seed);
        var block = new byte[BlockFrames * FrameGenerator.FrameBytes];
        for (var done = 0; done < count; done += BlockFrames)
        {
            var size = Math.Min(BlockFrames, count - done);
            var start = options.First + done;
            Parallel.For(0, size, new ParallelOptions { CancellationToken = cancel }, i =>
                generator.Make(start + i, items.Record(start + i),
                    block.AsSpan(i * FrameGenerator.FrameBytes, FrameGenerator.FrameBytes)));
            frames.Write(block.AsSpan(0, size * FrameGenerator.FrameBytes));
            for (var i = 0; i < size; i++)
                copied.Write(labels.Record(start + i));
            progress?.Report((done + size, count));
        }
        frames.Commit();
        copied.Commit();
        return count;
    }

    private static int Check(FrameFileOptions options, IdxFile items, IdxFile labels)
    {
        var problems = new List<string>();
        if (labels.Count != items.Count)
            problems.Add($"{options.Labels}:dimensions: has {labels.Count} labels, {options.Images} has {items.Count} items; they must be equal");
        if (options.First < 0 || options.First >= items.Count)
            problems.Add($"--first: is {options.First}, allowed is 0 to {items.Count - 1} (items of {options.Images})");
        else if (options.Count is { } wanted && (wanted < 1 || wanted > items.Count - options.First))
            problems.Add($"--count: is {wanted}, allowed is 1 to {items.Count - options.First} (items from {options.First} in {options.Images})");
        var files = new[] { options.Images, options.Labels, options.Out, options.OutLabels }.Select(Path.GetFullPath).ToList();
        if (files.Distinct().Count() < files.Count)
            problems.Add($"--out: {options.Out} and {options.OutLabels} must differ from each other and from the source files");
        return problems.Count == 0 ? options.Count ?? items.Count - options.First : throw new InputException(problems);
    }

    private static IdxWriter Open(string path, params ReadOnlySpan<int> shape)
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
