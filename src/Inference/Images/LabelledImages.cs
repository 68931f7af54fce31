using RlOffload.Environment;
using RlOffload.Environment.Profiles;

namespace RlOffload.Inference.Images;

/// <summary>Images with their classes, as bytes in the layout of a network's input.</summary>
public sealed class LabelledImages
{
    private const int CifarSide = 32;
    private const int CifarRecord = 1 + 3 * CifarSide * CifarSide;

    private readonly byte[] _pixels;
    private readonly byte[] _labels;

    private LabelledImages(byte[] pixels, byte[] labels, int channels)
    {
        _pixels = pixels;
        _labels = labels;
        Channels = channels;
        ImageBytes = pixels.Length / labels.Length;
    }

    /// <summary>Which file and which images of it.</summary>
    public required string Description { get; init; }

    public required string LabelsFile { get; init; }

    /// <summary>Index in the file of the first image here.</summary>
    public required int First { get; init; }

    public int Count => _labels.Length;

    public int Channels { get; }

    public int ImageBytes { get; }

    public ReadOnlySpan<byte> Pixels(int image) => _pixels.AsSpan(image * ImageBytes, ImageBytes);

    public int Label(int image) => _labels[image];

    /// <param name="images">IDX file [N,C,H,W], [N,H,W,C] or [N,H,W], or CIFAR-10 records where the name ends in .bin.</param>
    /// <param name="labels">IDX file with a label for every image; null: the one beside the images, or CIFAR-10's own.</param>
    /// <param name="input">One image as the network takes it: [C,H,W], [H,W,C] or [H,W].</param>
    /// <param name="seed">Of the frames that are made of 28x28 items where the network takes 3x96x96; else without a meaning.</param>
    /// <exception cref="InputException">A file is malformed, of other images than the network takes, or the labels are not as many.</exception>
    public static LabelledImages Read(string images, string? labels, IReadOnlyList<long> input, int first, int most, ulong seed)
    {
        var cifar = images.EndsWith(".bin", StringComparison.OrdinalIgnoreCase);
        if (cifar && labels is not null)
            throw new InputException(labels, "--labels",
                $"is given, but the CIFAR-10 records of {images} carry their labels; leave it out");
        var labelsFile = cifar ? images : labels ?? FrameSet.LabelsBeside(images);
        var (shape, count, record, label, kind) = cifar ? OpenCifar(images) : OpenIdx(images, labelsFile, input, seed);
        if (first < 0 || first >= count)
            throw new InputException(images, "--first-image", $"is {first}, allowed is 0 to {count - 1}");
        if (most < 1)
            throw new InputException(images, "--accuracy-images", $"is {most}, allowed is 1 or more");
        var layout = Layout(images, shape, [.. input.Select(d => (int)d)]);
        var taken = Math.Min(most, count - first);
        var size = layout.Length;
        var pixels = new byte[(long)taken * size];
        var classes = new byte[taken];
        for (var i = 0; i < taken; i++)
        {
            var source = record(first + i);
            var target = pixels.AsSpan(i * size, size);
            for (var j = 0; j < size; j++)
                target[j] = source[layout[j]];
            classes[i] = label(first + i);
        }
        return new LabelledImages(pixels, classes, ChannelsOf(input))
        {
            Description = $"{Path.GetFileName(images)}, {kind} {first} to {first + taken - 1}",
            LabelsFile = labelsFile,
            First = first,
        };
    }

    /// <summary>Puts one image into a float input, scaled.</summary>
    public void Fill(int image, PixelScale scale, Span<float> input)
    {
        var pixels = Pixels(image);
        var plane = ImageBytes / scale.Mean.Count;
        // Channels first, as ONNX networks have it; one mean and std serve any layout.
        for (var channel = 0; channel < scale.Mean.Count; channel++)
        {
            double mean = scale.Mean[channel], std = scale.Std[channel];
            for (var i = channel * plane; i < (channel + 1) * plane; i++)
                input[i] = (float)((pixels[i] * scale.Scale - mean) / std);
        }
    }

    private delegate ReadOnlySpan<byte> Record(int index);

    private sealed record Source(int[] Shape, int Count, Record Record, Func<int, byte> Label, string Kind = "images");

    private static Source OpenCifar(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "file", $"cannot be read ({e.Message})");
        }
        if (bytes.Length == 0 || bytes.Length % CifarRecord != 0)
            throw new InputException(path, "length",
                $"is {bytes.Length} bytes, allowed is a multiple of {CifarRecord} (CIFAR-10 records: a label and 3x32x32 pixels)");
        for (var i = 0; i < bytes.Length; i += CifarRecord)
            if (bytes[i] > 9)
                throw new InputException(path, $"record {i / CifarRecord}", $"has label {bytes[i]}, allowed is 0 to 9");
        return new Source([3, CifarSide, CifarSide], bytes.Length / CifarRecord,
            i => bytes.AsSpan(i * CifarRecord + 1, CifarRecord - 1), i => bytes[i * CifarRecord]);
    }

    private static Source OpenIdx(
        string images, string labels, IReadOnlyList<long> input, ulong seed)
    {
        var pictures = IdxFile.Read(images);
        var classes = IdxFile.Read(labels);
        if (classes.Shape.Count != 1)
            throw new InputException(labels, "dimensions", $"are {string.Join('x', classes.Shape)}, allowed is N (one byte a label)");
        if (pictures.Count != classes.Count)
            throw new InputException(labels, "dimensions",
                $"has {classes.Count} labels, {images} has {pictures.Count} images; they must be equal");
        int[] shape = [.. pictures.Shape.Skip(1)];
        byte Label(int i) => classes.Record(i)[0];
        if (shape is not [FrameGenerator.ItemSide, FrameGenerator.ItemSide]
            || input is not [FrameGenerator.Channels, FrameGenerator.Side, FrameGenerator.Side])
            return new Source(shape, pictures.Count, pictures.Record, Label);
        var generator = new FrameGenerator(seed);
        return new Source([FrameGenerator.Channels, FrameGenerator.Side, FrameGenerator.Side], pictures.Count, i =>
        {
            var frame = new byte[FrameGenerator.FrameBytes];
            generator.Make(i, pictures.Record(i), frame);
            return frame;
        }, Label, $"frames of seed {seed} from items");
    }

    /// <summary>For each place of the network's input the place in the file's record.</summary>
    private static int[] Layout(string images, int[] from, int[] to)
    {
        var size = from.Aggregate(1, (a, b) => a * b);
        var plain = Enumerable.Range(0, size).ToArray();
        if (from.Where(d => d != 1).SequenceEqual(to.Where(d => d != 1)))
            return plain;
        if (from.Length == 3 && to.Length == 3)
        {
            if (from[0] == to[1] && from[1] == to[2] && from[2] == to[0])
                return [.. plain.Select(i => i % (to[1] * to[2]) * to[0] + i / (to[1] * to[2]))];
            if (from[0] == to[2] && from[1] == to[0] && from[2] == to[1])
                return [.. plain.Select(i => i % to[2] * (to[0] * to[1]) + i / to[2])];
        }
        throw new InputException(images, "dimensions",
            $"an image is {string.Join('x', from)}, allowed is {string.Join('x', to)} (the network's input) or the same with channels last");
    }

    private static int ChannelsOf(IReadOnlyList<long> input) => input.Count == 3 && input[0] < input[2] ? (int)input[0] : 1;
}
