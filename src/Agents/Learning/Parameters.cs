namespace RlOffload.Agents.Learning;

/// <summary>
/// The numbers of one network in one block of memory with named matrix views: copying, averaging, checkpointing and optimising them
/// is one loop over <see cref="Flat"/>.
/// </summary>
public sealed class Parameters
{
    private readonly Memory<float> _flat;
    private readonly Matrix[] _views;

    public IReadOnlyList<string> Names { get; }

    /// <summary>Zeros of the given shapes, in this order.</summary>
    public Parameters(IReadOnlyList<(string Name, int Rows, int Columns)> shapes)
    {
        Names = [.. shapes.Select(shape => shape.Name)];
        _flat = AlignedFloats.Allocate(shapes.Sum(shape => shape.Rows * Matrix.PaddedWidth(shape.Columns)));
        _views = new Matrix[shapes.Count];
        var offset = 0;
        for (var i = 0; i < _views.Length; i++)
        {
            var (_, rows, columns) = shapes[i];
            var size = rows * Matrix.PaddedWidth(columns);
            _views[i] = new Matrix(_flat.Slice(offset, size), rows, columns);
            offset += size;
        }
    }

    /// <summary>Zeros in the layout of <paramref name="other"/>: its gradient, its moments, its target.</summary>
    public Parameters(Parameters other)
        : this([.. other.Names.Zip(other._views, (name, view) => (name, view.Rows, view.Columns))]) { }

    /// <summary>All views one after the other, padding included, in which anything may stand (a multiple of <see cref="Matrix.Padding"/> floats).</summary>
    public Span<float> Flat => _flat.Span;

    public Matrix this[int index] => _views[index];

    public Matrix this[string name] => _views[IndexOf(name)];

    /// <summary>Numbers, padding not counted.</summary>
    public int Count => _views.Sum(view => view.Rows * view.Columns);

    /// <summary>The numbers one after the other, without padding.</summary>
    public float[] ToDense() => [.. _views.SelectMany(view => Enumerable.Range(0, view.Rows).SelectMany(row => view.Row(row).ToArray()))];

    /// <summary>Writes the numbers without their padding.</summary>
    internal void Save(BinaryWriter writer)
    {
        foreach (var view in _views)
            for (var row = 0; row < view.Rows; row++)
                writer.WriteFloats(view.Row(row));
    }

    /// <summary>Reads what <see cref="Save"/> of the same shapes wrote.</summary>
    internal void Load(BinaryReader reader)
    {
        foreach (var view in _views)
            for (var row = 0; row < view.Rows; row++)
                reader.ReadFloats(view.Row(row));
    }

    /// <summary>Takes over the first <see cref="Count"/> numbers of what <see cref="ToDense"/> of the same shapes gave.</summary>
    internal void FromDense(ReadOnlySpan<double> numbers)
    {
        foreach (var view in _views)
            for (var row = 0; row < view.Rows; row++)
                foreach (ref var value in view.Row(row))
                {
                    value = (float)numbers[0];
                    numbers = numbers[1..];
                }
    }

    private int IndexOf(string name)
    {
        for (var i = 0; i < Names.Count; i++)
            if (Names[i] == name)
                return i;
        throw new ArgumentException($"no parameter '{name}'; there are {string.Join(", ", Names)}", nameof(name));
    }
}
