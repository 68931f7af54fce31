using System.Runtime.CompilerServices;

namespace RlOffload.Inference.Codec.Lanes;

/// <summary>The last numbers of a tensor, done by the same vectors in memory that goes on behind them. One after the other they would take longer than some thousands before them.</summary>
internal static class Remainder
{
    /// <summary>More than any kernel leaves: with 1 bit, 512 take one vector of 512 bits.</summary>
    public const int Numbers = 512;

    /// <summary>A multiple of the numbers that any kernel takes at a time.</summary>
    private const int Block = 64;

    /// <summary>Further than any kernel reaches beyond what it does.</summary>
    private const int Beyond = 64;

    /// <param name="codes">Those of <paramref name="x"/>, the last byte's unused bits included.</param>
    [SkipLocalsInit]
    public static void Pack<TCode>(PackKernel<TCode> kernel, ReadOnlySpan<float> x, in AffineGrid grid, Span<TCode> codes) where TCode : unmanaged
    {
        Span<float> numbers = stackalloc float[Numbers];
        Span<TCode> room = stackalloc TCode[Numbers + Beyond];
        numbers = numbers[..((x.Length + Block - 1) / Block * Block)];
        x.CopyTo(numbers);
        numbers[x.Length..].Fill(grid.Low); // codes of 0
        kernel(numbers, grid, room);
        room[..codes.Length].CopyTo(codes);
    }

    /// <param name="codes">Those of <paramref name="x"/>.</param>
    [SkipLocalsInit]
    public static void Unpack<TCode>(UnpackKernel<TCode> kernel, ReadOnlySpan<TCode> codes, in AffineGrid grid, Span<float> x) where TCode : unmanaged
    {
        Span<float> numbers = stackalloc float[Numbers];
        Span<TCode> room = stackalloc TCode[Numbers + Beyond];
        codes.CopyTo(room);
        kernel(room, grid, numbers[..((x.Length + Block - 1) / Block * Block)]);
        numbers[..x.Length].CopyTo(x);
    }
}
