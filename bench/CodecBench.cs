using RlOffload.Environment;
using RlOffload.Inference.Codec;
using RlOffload.Training.Benchmarks;
using Spectre.Console;

namespace RlOffload.Bench;

/// <summary>Quantising and packing, the range pass included, beside copying the same bytes and beside a plain loop.</summary>
internal static class CodecBench
{
    private static readonly int[] Kilobytes = [98, 392, 3136];
    private static readonly int[] Widths = [2, 4, 6, 8, 16];

    public static void Run()
    {
        var table = new Table().AddColumns("tensor", "bits", "encode GB/s", "decode GB/s", "memcpy GB/s", "loop GB/s", "encode / memcpy", "encode / loop");
        foreach (var size in Kilobytes)
        {
            var x = Noise(size * 256);
            var (copy, back) = (new float[x.Length], new float[x.Length]);
            foreach (var bits in Widths)
            {
                var packed = new byte[TensorCodec.PackedBytes(x.Length, bits)];
                TensorCodec.TryEncode(x, bits, packed, out var grid);
                var ms = Rounds.Median(9, 30, () => TensorCodec.TryEncode(x, bits, packed, out _), () => TensorCodec.Decode(packed, grid, back),
                    () => x.CopyTo(copy, 0), () => Loop(x, bits, packed));
                double[] speed = [.. ms.Select(t => x.Length * 4e-6 / t)];
                table.AddRow($"{size} KiB", $"{bits}", $"{speed[0]:F1}", $"{speed[1]:F1}", $"{speed[2]:F1}", $"{speed[3]:F2}", $"{speed[0] / speed[2]:F2}x", $"{speed[0] / speed[3]:F1}x");
            }
        }
        AnsiConsole.Write(table);
    }

    private static void Loop(ReadOnlySpan<float> x, int bits, Span<byte> packed)
    {
        var (low, high) = (x[0], x[0]);
        foreach (var v in x)
            (low, high) = (Math.Min(low, v), Math.Max(high, v));
        var scale = ((1 << bits) - 1) / (high - low);
        packed.Clear();
        var (buffer, held, at) = (0UL, 0, 0);
        foreach (var v in x)
        {
            buffer |= (ulong)MathF.Round((v - low) * scale) << held;
            for (held += bits; held >= 8; held -= 8, buffer >>= 8)
                packed[at++] = (byte)buffer;
        }
        if (held > 0)
            packed[at] = (byte)buffer;
    }

    private static float[] Noise(int count)
    {
        var rng = new Rng(1);
        return [.. Enumerable.Range(0, count).Select(_ => (float)rng.NextGaussian())];
    }
}
