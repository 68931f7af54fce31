using RlOffload.Environment;

namespace RlOffload.Inference.Images;

/// <summary>
/// Labelled frames of [3, 96, 96] bytes, from one of two kinds of IDX file: 28x28 grey items, of which
/// <see cref="FrameGenerator"/> makes the frames when they are asked for, or frames made before.
/// Safe to read from several threads at once.
/// </summary>
public sealed class FrameSet
{
    private readonly IdxFile _images;
    private readonly IdxFile _labels;
    private readonly FrameGenerator? _generator;

    private FrameSet(IdxFile images, IdxFile labels, FrameGenerator? generator, int first, int count) =>
        (_images, _labels, _generator, First, Count) = (images, labels, generator, first, count);

    /// <summary>Index in the file of the set's first image.</summary>
    public int First { get; }

    public int Count { get; }

    /// <summary>Whether the frames are made here, rather than read.</summary>
    public bool Made => _generator is not null;

    /// <param name="images">IDX file of [N, 28, 28] items or [N, 3, 96, 96] frames, plain or .gz.</param>
    /// <param name="labels">IDX file of [N] labels; none: the one <see cref="LabelsBeside"/> names.</param>
    /// <param name="seed">Of the frames that are made; without a meaning where the file holds frames.</param>
    /// <param name="count">None: all from <paramref name="first"/>.</param>
    /// <exception cref="InputException">A file is no such IDX file, their lengths differ, or the range is not in them.</exception>
    public static FrameSet Open(string images, string? labels = null, ulong seed = 1, int first = 0, int? count = null)
    {
        labels ??= LabelsBeside(images);
        var pictures = IdxFile.Read(images);
        var made = pictures.Shape is [_, FrameGenerator.ItemSide, FrameGenerator.ItemSide];
        if (!made && pictures.Shape is not [_, FrameGenerator.Channels, FrameGenerator.Side, FrameGenerator.Side])
            throw new InputException(images, "dimensions",
                $"are {string.Join('x', pictures.Shape)}, allowed are Nx28x28 (grey items) and Nx3x96x96 (frames)");
        var answers = IdxFile.Read(labels);
        var problems = new List<string>();
        if (answers.Shape.Count != 1)
            problems.Add($"{labels}:dimensions: are {string.Join('x', answers.Shape)}, allowed is N (one byte a label)");
        else if (answers.Count != pictures.Count)
            problems.Add($"{labels}:dimensions: {answers.Count} labels, but {images} has {pictures.Count} images; the two must be equal");
        if (first < 0 || first >= pictures.Count)
            problems.Add($"{images}:first: is {first}, allowed is 0 to {pictures.Count - 1}");
        else if (count is { } wanted && (wanted < 1 || wanted > pictures.Count - first))
            problems.Add($"{images}:count: is {wanted}, allowed is 1 to {pictures.Count - first} from image {first}");
        return problems.Count == 0
            ? new FrameSet(pictures, answers, made ? new FrameGenerator(seed) : null, first, count ?? pictures.Count - first)
            : throw new InputException(problems);
    }

    /// <summary>
    /// The label file that goes with an image file: 'labels-idx1' in its name for 'images-idx3', as in the MNIST files,
    /// otherwise '-labels' before the extension.
    /// </summary>
    public static string LabelsBeside(string images)
    {
        var name = Path.GetFileName(images);
        var beside = name.Replace("images-idx3", "labels-idx1", StringComparison.Ordinal);
        if (beside == name)
        {
            var end = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? Path.GetExtension(name[..^3]) + name[^3..] : Path.GetExtension(name);
            beside = name[..^end.Length] + "-labels" + end;
        }
        return Path.Combine(Path.GetDirectoryName(images) ?? "", beside);
    }

    public int Label(int index) => _labels.Record(InFile(index))[0];

    /// <param name="frame">Receives <see cref="FrameGenerator.FrameBytes"/> bytes, red plane first; nothing is allocated.</param>
    public void Frame(int index, Span<byte> frame)
    {
        var at = InFile(index);
        if (_generator is null)
            _images.Record(at).CopyTo(frame);
        else
            _generator.Make(at, _images.Record(at), frame);
    }

    private int InFile(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return First + index;
    }
}
