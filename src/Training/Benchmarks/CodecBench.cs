using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RlOffload.Environment;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Codec.Lanes;
using RlOffload.Inference.Partitions;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Training.Benchmarks;

/// <param name="EncodeGbS">GB of float32 a second through range pass, quantising and packing.</param>
/// <param name="RatioToMemcpy">Of that to copying the same bytes, over rounds that measured both.</param>
/// <param name="RatioToLoop">Of that to a plain loop.</param>
/// <param name="Sha256">Of low, step and codes: the same on every machine and at every width of vectors.</param>
public sealed record CodecSpeed(
    int Kib, int Bits, double EncodeGbS, double DecodeGbS, double MemcpyGbS, double RatioToMemcpy, double DecodeRatioToMemcpy, double RatioToLoop, string Sha256);

/// <param name="Simd">Width of the vectors that were used.</param>
/// <param name="RatioToMemcpy">The median over sizes and bits.</param>
/// <param name="LowestRatioToMemcpy">The worst of them.</param>
public sealed record CodecReport(string Simd, double RatioToMemcpy, double LowestRatioToMemcpy, IReadOnlyList<CodecSpeed> Sizes);

/// <summary>
/// Quantising and packing a tensor, the range pass included, beside copying its bytes and beside a plain loop. Tensors lie in memory as they do on the
/// device, the codes in an array behind a message's header. CPU time of one thread, medians over rounds that run all contestants one after the other.
/// </summary>
public static class CodecBench
{
    /// <summary>Where the codes of a message with one tensor begin.</summary>
    private const int PayloadAt = 40;

    private const double RoundMs = 15;

    public static readonly IReadOnlyList<int> Bits = [1, 2, 3, 4, 5, 6, 7, 8, 16, 32];

    public static CodecReport Run(IReadOnlyList<int> kib, IReadOnlyList<int> bits, int rounds)
    {
        var speeds = kib.SelectMany(k => bits.Select(b => Measure(k, b, rounds))).ToList();
        double[] ratios = [.. speeds.Select(s => s.RatioToMemcpy).Order()];
        return new CodecReport(Simd.Name(Simd.Level), ratios[ratios.Length / 2], ratios[0], speeds);
    }

    private static CodecSpeed Measure(int kib, int bits, int rounds)
    {
        var info = new TensorInfo(DataType.Float, [kib * 256]);
        using var from = new TensorMemory(info);
        using var to = new TensorMemory(info);
        var rng = new Rng(1);
        foreach (ref var x in MemoryMarshal.Cast<byte, float>(from.Bytes))
            x = (float)rng.NextGaussian();
        var message = new byte[PayloadAt + TensorCodec.PackedBytes(info.Elements, bits)];
        TensorCodec.TryEncode(from.Floats, bits, message.AsSpan(PayloadAt), out var grid);
        BitConverter.TryWriteBytes(message, grid.Low);
        BitConverter.TryWriteBytes(message.AsSpan(4), grid.Step);
        var hash = Convert.ToHexStringLower(SHA256.HashData(message));
        var ms = Rounds.Median(rounds, RoundMs,
            () => TensorCodec.TryEncode(from.Floats, bits, message.AsSpan(PayloadAt), out _),
            () => TensorCodec.Decode(message.AsSpan(PayloadAt), grid, MemoryMarshal.Cast<byte, float>(to.Bytes)),
            () => from.Bytes.CopyTo(to.Bytes),
            () => Loop(from.Floats, bits, message.AsSpan(PayloadAt)));
        double Speed(int contestant) => Math.Round(info.Bytes * 1e-6 / ms[contestant], 2);
        return new CodecSpeed(kib, bits, Speed(0), Speed(1), Speed(2), Math.Round(ms[2] / ms[0], 3), Math.Round(ms[2] / ms[1], 3), Math.Round(ms[3] / ms[0], 1), hash);
    }

    private static void Loop(ReadOnlySpan<float> x, int bits, Span<byte> packed)
    {
        if (bits == 32)
        {
            for (var i = 0; i < x.Length; i++)
                BitConverter.TryWriteBytes(packed[(4 * i)..], x[i]);
            return;
        }
        var (low, high) = (x[0], x[0]);
        foreach (var v in x)
            (low, high) = (Math.Min(low, v), Math.Max(high, v));
        var scale = ((1 << bits) - 1) / (high - low);
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
}
