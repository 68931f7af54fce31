using System.IO.Compression;
using RlOffload.Environment;
using RlOffload.Inference.Images;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Images and labels in IDX, plain and through gzip, CIFAR-10 records, and PNG pictures. The first byte of an input says which, the rest is the file.</summary>
internal sealed class ImageTarget : IFuzzTarget
{
    private const int Side = 4, Images = 5;

    private readonly string _folder;
    private readonly byte[] _pixels = new byte[3 * PngSeed.Side * PngSeed.Side];
    private readonly Mutator _mutator;

    public ImageTarget(string folder)
    {
        _folder = folder;
        var (images, labels) = (Idx(Images, Side, Side), Idx(Images));
        File.WriteAllBytes(At("labels"), labels);
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(images);
        var cifar = new byte[2 * (1 + 3 * 32 * 32)];
        _mutator = new Mutator(InputShape.Binary, [[0, .. images], [0, .. Idx(Images, 1, Side, Side)], [1, .. packed.ToArray()], [2, .. labels], [3, .. cifar], [4, .. PngSeed.Make(2)], [4, .. PngSeed.Make(3)]]);
    }

    public byte[] Make(ref Rng rng) => _mutator.Make(ref rng);

    public bool Read(byte[] input)
    {
        var kind = input.Length == 0 ? 0 : input[0] % 5;
        if (kind == 4)
        {
            var picture = input.AsSpan(1);
            PngSeed.Mend(picture);
            PngPicture.Read("picture.png", picture, new PixelLayout(PngSeed.Side, PngSeed.Side, 3, Planar: true), _pixels);
            return true;
        }
        var file = At(kind switch { 0 => "images", 1 => "images.gz", 2 => "labels-read", _ => "cifar.bin" });
        InputFile.Write(file, input.AsSpan(Math.Min(1, input.Length)));
        if (kind == 2)
        {
            IdxFile.Read(file);
            return true;
        }
        long[] shape = kind == 3 ? [3, 32, 32] : [1, Side, Side];
        var read = LabelledImages.Read(file, kind == 3 ? null : At("labels"), shape, 0, 100, seed: 1);
        for (var i = 0; i < read.Count; i++)
            _ = read.Pixels(i).Length + read.Label(i);
        return true;
    }

    public void Dispose()
    {
    }

    private string At(string name) => Path.Combine(_folder, name);

    private static byte[] Idx(params int[] shape)
    {
        byte[] head = [0, 0, 8, (byte)shape.Length, .. shape.SelectMany(s => (byte[])[0, 0, 0, (byte)s])];
        return [.. head, .. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(i => (byte)(i % 10))];
    }
}
