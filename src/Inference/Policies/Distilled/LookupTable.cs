namespace RlOffload.Inference.Policies.Distilled;

/// <summary>A grid over a few entries of the observation, each cut at thresholds of its own; its cells are the regions, the last entry's the closest together.</summary>
public sealed class LookupTable : IRegions
{
    public const int MostAxes = 16, MostCells = 1 << 20;

    private readonly Axis[] _axes;

    /// <exception cref="InvalidDataException">Thresholds do not rise, or there are too many cells.</exception>
    public LookupTable(IReadOnlyList<Axis> axes)
    {
        _axes = [.. axes];
        if (_axes.Length > MostAxes)
            throw new InvalidDataException($"axes: are {_axes.Length}, allowed are {MostAxes} or fewer");
        var cells = 1L;
        for (var a = 0; a < _axes.Length; a++)
        {
            var thresholds = _axes[a].Thresholds;
            for (var t = 0; t < thresholds.Length; t++)
                if (!float.IsFinite(thresholds[t]) || (t > 0 && thresholds[t] <= thresholds[t - 1]))
                    throw new InvalidDataException($"axes[{a}].thresholds[{t}]: is {thresholds[t]}, allowed is a finite number above the one before");
            cells *= thresholds.Length + 1;
            if (cells > MostCells)
                throw new InvalidDataException($"axes: make more than {MostCells} cells");
        }
        Count = (int)cells;
    }

    public PolicyForm Form => PolicyForm.Table;
    public int Count { get; }
    public IReadOnlyList<Axis> Axes => _axes;

    public int Find(ReadOnlySpan<float> observation)
    {
        var cell = 0;
        foreach (ref readonly var axis in _axes.AsSpan())
            cell = cell * (axis.Thresholds.Length + 1) + axis.Bin(observation[axis.Feature]);
        return cell;
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write((ushort)_axes.Length);
        foreach (var axis in _axes)
        {
            writer.Write((ushort)axis.Feature);
            writer.Write((ushort)axis.Thresholds.Length);
            foreach (var threshold in axis.Thresholds)
                writer.Write(threshold);
        }
    }

    /// <param name="inputs">Length of an observation.</param>
    /// <exception cref="InvalidDataException">It is no table over such observations.</exception>
    public static LookupTable Read(BinaryReader reader, int inputs)
    {
        var axes = new Axis[reader.ReadUInt16()];
        if (axes.Length > MostAxes)
            throw new InvalidDataException($"axes: are {axes.Length}, allowed are {MostAxes} or fewer");
        for (var a = 0; a < axes.Length; a++)
        {
            var feature = reader.ReadUInt16();
            if (feature >= inputs)
                throw new InvalidDataException($"axes[{a}]: asks for entry {feature}, allowed is 0 to {inputs - 1}");
            var thresholds = new float[reader.ReadUInt16()];
            foreach (ref var threshold in thresholds.AsSpan())
                threshold = reader.ReadSingle();
            axes[a] = new Axis(feature, thresholds);
        }
        return new LookupTable(axes);
    }

    /// <param name="Feature">Entry of the observation.</param>
    /// <param name="Thresholds">Rising; a number at a threshold belongs to the bin below it.</param>
    public readonly record struct Axis(int Feature, float[] Thresholds)
    {
        /// <summary>Thresholds below the number.</summary>
        public int Bin(float value)
        {
            var (low, high) = (0, Thresholds.Length);
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (value <= Thresholds[middle])
                    high = middle;
                else
                    low = middle + 1;
            }
            return low;
        }
    }
}
