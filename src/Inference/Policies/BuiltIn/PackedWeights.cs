using System.Numerics;
using System.Runtime.CompilerServices;

namespace RlOffload.Inference.Policies.BuiltIn;

/// <summary>Vectors of columns of a product that are summed together.</summary>
/// <param name="Column">The first.</param>
internal readonly record struct ColumnBlock(int Column, int Vectors)
{
    /// <summary>As many sums as there are registers for on every machine.</summary>
    private const int MostVectors = 8;

    /// <summary>Blocks of about as many vectors each: one that is left alone would take as long as eight.</summary>
    public static ColumnBlock[] Of(int columns)
    {
        var vectors = (columns + Vector<float>.Count - 1) / Vector<float>.Count;
        var blocks = new ColumnBlock[(vectors + MostVectors - 1) / MostVectors];
        for (int i = 0, from = 0; i < blocks.Length; from += blocks[i++].Vectors)
            blocks[i] = new(from * Vector<float>.Count, (vectors - from) / (blocks.Length - i));
        return blocks;
    }
}

/// <summary>Weights [k, n] block by block of columns, row after row: they come from the cache line by line, in memory that stays where it is.</summary>
internal sealed unsafe class PackedWeights
{
    private const int LineFloats = 64 / sizeof(float);
    private readonly float[] _memory;

    public PackedWeights(Value weights)
    {
        var (depth, columns, blocks) = (weights.Rows, weights.Columns, ColumnBlock.Of(weights.Columns));
        _memory = GC.AllocateArray<float>(depth * blocks.Sum(b => b.Vectors) * Vector<float>.Count + LineFloats, pinned: true);
        var skipped = (int)(LineFloats - (nint)Unsafe.AsPointer(ref _memory[0]) / sizeof(float) % LineFloats) % LineFloats;
        First = (float*)Unsafe.AsPointer(ref _memory[skipped]);
        var to = _memory.AsSpan(skipped);
        foreach (var block in blocks)
            for (var k = 0; k < depth; k++)
            {
                var width = block.Vectors * Vector<float>.Count;
                weights.Data.AsSpan(k * columns + block.Column, Math.Min(width, columns - block.Column)).CopyTo(to);
                to = to[width..];
            }
    }

    /// <summary>Row k of a block begins k widths of the block behind depth times its first column.</summary>
    public float* First { get; }
}
