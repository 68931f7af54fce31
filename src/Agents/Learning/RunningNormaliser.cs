using System.Numerics;
using System.Runtime.CompilerServices;
using RlOffload.Agents.Engine;

namespace RlOffload.Agents.Learning;

/// <summary>
/// (x - mean) / std per feature, clipped to +-<see cref="Clip"/>, with moments learned from the observations it was shown
/// (Welford 1962). A feature that never moved is only centred. The replay holds raw observations; they are normalised when used.
/// </summary>
public sealed class RunningNormaliser
{
    private readonly double[] _mean;
    private readonly double[] _squares;
    private readonly Matrix _meanSingle, _std;

    public float Clip { get; }

    /// <summary>Observations seen.</summary>
    public long Count { get; private set; }

    /// <summary>While set, <see cref="Observe"/> changes nothing: evaluation and deployment.</summary>
    public bool Frozen { get; set; }

    public ReadOnlySpan<float> Mean => _meanSingle.Row(0);
    public ReadOnlySpan<float> Std => _std.Row(0);

    public RunningNormaliser(int features, double clip)
    {
        Clip = (float)clip;
        _mean = new double[features];
        _squares = new double[features];
        (_meanSingle, _std) = (Matrix.Zeros(1, features), Matrix.Zeros(1, features));
        _std.Span.Fill(1);
    }

    public void Observe(ReadOnlySpan<float> observation)
    {
        if (Frozen)
            return;
        Count++;
        for (var i = 0; i < _mean.Length; i++)
        {
            var delta = observation[i] - _mean[i];
            _mean[i] += delta / Count;
            _squares[i] += delta * (observation[i] - _mean[i]);
        }
        Publish();
    }

    /// <summary>Normalises one observation; the spans may be the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Normalise(ReadOnlySpan<float> observation, Span<float> normalised)
    {
        var width = Vector<float>.Count;
        ReadOnlySpan<float> mean = Mean, std = Std;
        var (low, high) = (new Vector<float>(-Clip), new Vector<float>(Clip));
        var i = 0;
        for (; i + width <= mean.Length; i += width)
        {
            var scaled = (new Vector<float>(observation[i..]) - new Vector<float>(mean[i..])) / new Vector<float>(std[i..]);
            Vector.Min(Vector.Max(scaled, low), high).CopyTo(normalised[i..]);
        }
        for (; i < mean.Length; i++)
            normalised[i] = Math.Clamp((observation[i] - mean[i]) / std[i], -Clip, Clip);
    }

    /// <summary>Normalises the rows of a batch in place.</summary>
    public void Normalise(in Matrix rows)
    {
        for (var b = 0; b < rows.Rows; b++)
            Normalise(rows.Row(b), rows.Row(b));
    }

    /// <summary>The same in a graph, [b, n] to [b, n]: of the moments as they are when it runs, or when it is frozen.</summary>
    public Tensor Lower(Graph graph, Tensor observation) =>
        ((observation - graph.Parameter("normaliser.mean", _meanSingle)) / graph.Parameter("normaliser.std", _std)).Clip(-Clip, Clip);

    internal void Save(BinaryWriter writer)
    {
        writer.Write(Count);
        writer.Write(Frozen);
        writer.WriteBlock<double>(_mean);
        writer.WriteBlock<double>(_squares);
    }

    internal void Load(BinaryReader reader)
    {
        Count = reader.ReadInt64();
        Frozen = reader.ReadBoolean();
        reader.ReadBlock<double>(_mean);
        reader.ReadBlock<double>(_squares);
        Publish();
    }

    private void Publish()
    {
        Span<float> means = _meanSingle.Row(0), deviations = _std.Row(0);
        for (var i = 0; i < _mean.Length; i++)
        {
            var std = Count > 0 ? Math.Sqrt(_squares[i] / Count) : 0;
            means[i] = (float)_mean[i];
            // Below this, what is left is the rounding of a constant, not a signal.
            deviations[i] = std > 1e-6 * Math.Max(1e-6, Math.Abs(_mean[i])) ? (float)std : 1f;
        }
    }
}
