using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Agents.CrossEntropy;

/// <summary>
/// The cross-entropy method (de Boer, Kroese, Mannor and Rubinstein 2005) with a diagonal Gaussian: draw a population, keep its elite, begin the next
/// generation from their mean and spread. Points come in pairs on either side of the mean; the first is the mean itself. Numbers are keyed by
/// generation and point, so a checkpoint needs no generator's state.
/// </summary>
public sealed class CrossEntropySearch(int dimensions, CrossEntropyOptions options, ulong seed)
{
    private readonly double[] _mean = new double[dimensions], _elite = new double[dimensions], _square = new double[dimensions];
    private readonly double[] _spread = [.. Enumerable.Repeat(options.Spread, dimensions)];
    private readonly int[] _order = new int[options.Population];

    public int Generation { get; private set; }
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>Standard deviation, averaged over the numbers.</summary>
    public double Spread => _spread.Average();

    /// <summary>Number <paramref name="i"/> of the generation; the same each time it is asked for.</summary>
    /// <param name="point">Is filled.</param>
    public void Point(int i, Span<double> point)
    {
        _mean.CopyTo(point);
        if (i == 0)
            return;
        var rng = Rng.Keyed(seed, (ulong)Generation, (ulong)((i + 1) / 2), RngPurpose.Noise);
        var side = i % 2 == 0 ? -1 : 1;
        for (var d = 0; d < point.Length; d++)
            point[d] += side * _spread[d] * rng.NextGaussian();
    }

    /// <summary>Ends a generation.</summary>
    /// <param name="scores">Of each point, the more the better; of equals the first counts as better.</param>
    /// <param name="done">Share of the training that is over, 0..1.</param>
    public void Select(ReadOnlySpan<double> scores, double done)
    {
        var keys = scores.ToArray();
        for (var i = 0; i < _order.Length; i++)
            _order[i] = i;
        Array.Sort(_order, (a, b) => keys[b].CompareTo(keys[a]) is var c && c != 0 ? c : a.CompareTo(b));
        Array.Clear(_elite);
        Array.Clear(_square);
        Span<double> point = new double[_mean.Length];
        for (var e = 0; e < options.Elite; e++)
        {
            Point(_order[e], point);
            for (var d = 0; d < point.Length; d++)
            {
                _elite[d] += point[d] / options.Elite;
                _square[d] += point[d] * point[d] / options.Elite;
            }
        }
        var noise = options.Noise * options.Spread * Math.Max(0, 1 - done);
        for (var d = 0; d < _mean.Length; d++)
        {
            var spread = Math.Sqrt(Math.Max(0, _square[d] - _elite[d] * _elite[d]) + noise * noise);
            _mean[d] += options.Smoothing * (_elite[d] - _mean[d]);
            _spread[d] += options.Smoothing * (spread - _spread[d]);
        }
        Generation++;
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(Generation);
        writer.WriteBlock<double>(_mean);
        writer.WriteBlock<double>(_spread);
    }

    public void Load(BinaryReader reader)
    {
        Generation = reader.ReadInt32();
        reader.ReadBlock<double>(_mean);
        reader.ReadBlock<double>(_spread);
    }
}
