using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RlOffload.Agents.Learning;

/// <summary>
/// A view of rows x columns float32 numbers, row-major; a row takes <see cref="Stride"/> floats, a multiple of <see cref="Padding"/>.
/// What stands in the columns between <see cref="Columns"/> and the stride is never used, so that loops may overwrite it and need no remainder.
/// </summary>
public readonly struct Matrix
{
    /// <summary>Floats in a padded block: one cache line, whole vectors on every machine (4, 8 or 16 lanes), so layouts are portable.</summary>
    public const int Padding = 16;

    public Memory<float> Memory { get; }
    public int Rows { get; }
    public int Columns { get; }
    public int Stride { get; }

    /// <summary>The first number. Memory is pinned, so it stays there as long as a view of it does.</summary>
    internal unsafe float* Pointer { get; }

    /// <summary>A view of <paramref name="memory"/>, which <see cref="AlignedFloats"/> gave and which holds exactly rows x stride floats.</summary>
    internal unsafe Matrix(Memory<float> memory, int rows, int columns)
    {
        Stride = PaddedWidth(columns);
        if (memory.Length != rows * Stride)
            throw new ArgumentException($"{rows} x {columns} takes {rows * Stride} floats, not {memory.Length}", nameof(memory));
        Memory = memory;
        Pointer = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory.Span));
        Rows = rows;
        Columns = columns;
    }

    /// <summary>A zero matrix of its own.</summary>
    public static Matrix Zeros(int rows, int columns) => new(AlignedFloats.Allocate(rows * PaddedWidth(columns)), rows, columns);

    public static int PaddedWidth(int columns) => (columns + Padding - 1) / Padding * Padding;

    /// <summary>A view of rows <paramref name="from"/> .. <paramref name="to"/> - 1.</summary>
    public Matrix RowRange(int from, int to) => new(Memory.Slice(from * Stride, (to - from) * Stride), to - from, Columns);

    /// <summary>All rows with their padding.</summary>
    public Span<float> Span => Memory.Span;

    /// <summary>Row <paramref name="row"/> without its padding.</summary>
    public Span<float> Row(int row) => Memory.Span.Slice(row * Stride, Columns);

    /// <summary>Row <paramref name="row"/> with its padding.</summary>
    public Span<float> PaddedRow(int row) => Memory.Span.Slice(row * Stride, Stride);
}
