using System.IO.Compression;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Images;

namespace RlOffload.Inference.Profiling;

/// <summary>What it takes to send the input itself.</summary>
internal static class InputSizes
{
    /// <param name="perRequest">Images in one request; more than 1 where the network's batch is fixed.</param>
    public static IReadOnlyList<InputEncoding> Of(LabelledImages images, int perRequest)
    {
        var deflated = new long[images.Count];
        Parallel.For(0, images.Count, new ParallelOptions { MaxDegreeOfParallelism = System.Environment.ProcessorCount }, i =>
        {
            using var packed = new MemoryStream();
            using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
                deflate.Write(images.Pixels(i));
            deflated[i] = packed.Length;
        });
        // All three carry the 8-bit pixels exactly, so none loses accuracy.
        return
        [
            new("raw", (double)images.ImageBytes * perRequest, 0, "8-bit pixels in the input's layout"),
            new("deflate", Math.Round(deflated.Average() * perRequest, 1), 0,
                $"mean of {images.Count} images, raw through .NET's Deflate at level Optimal"),
            new("float32", 4.0 * images.ImageBytes * perRequest, 0, "the input tensor as it enters the network"),
        ];
    }
}
