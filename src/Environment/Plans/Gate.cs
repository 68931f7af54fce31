using System.Globalization;
using RlOffload.Environment.Profiles;

namespace RlOffload.Environment.Plans;

public enum GateMeasure : byte
{
    /// <summary>An image leaves where the largest softmax value is at least the threshold (SplitEE, Bajpai et al. 2023).</summary>
    Confidence,

    /// <summary>An image leaves where the entropy of the softmax, nats, is below the threshold (BranchyNet, Teerapittayanon et al. 2016).</summary>
    Entropy,
}

/// <summary>
/// The rule of 'when confident': exits that lie on the way on the device are tried one after the other, and an image leaves at the first that is
/// sure enough. Equal by content.
/// </summary>
public sealed record Gate
{
    private readonly double[] _thresholds;

    /// <param name="thresholds">By exit, from the first; NaN, or past the end: not tried.</param>
    public Gate(GateMeasure measure, params IReadOnlyList<double> thresholds)
    {
        if (!thresholds.Any(t => t >= 0))
            throw new ArgumentException("a gate tries at least one exit, at a threshold of 0 or more", nameof(thresholds));
        (Measure, _thresholds) = (measure, [.. thresholds]);
    }

    public GateMeasure Measure { get; }
    public IReadOnlyList<double> Thresholds => _thresholds;

    public bool Tries(int exit) => exit < _thresholds.Length && _thresholds[exit] >= 0;

    /// <summary>Whether the image leaves at this exit, once it got there.</summary>
    public bool Leaves(ImageOutcomes outcomes, int exit, int image) => Leaves(exit, outcomes.Confidence[exit][image], outcomes.Entropy[exit][image]);

    /// <param name="confidence">Largest softmax value.</param>
    /// <param name="entropy">Of the softmax, nats.</param>
    public bool Leaves(int exit, double confidence, double entropy) =>
        Tries(exit) && (Measure == GateMeasure.Confidence ? confidence >= _thresholds[exit] : entropy < _thresholds[exit]);

    /// <summary>One exit alone, as bandits over exits play.</summary>
    public static Gate At(int exit, GateMeasure measure, double threshold) =>
        new(measure, [.. Enumerable.Repeat(double.NaN, exit), threshold]);

    /// <summary>Every exit but the last at one threshold.</summary>
    public static Gate Everywhere(int exits, GateMeasure measure, double threshold) => new(measure, [.. Enumerable.Repeat(threshold, exits - 1)]);

    public bool Equals(Gate? other) => other is not null && Measure == other.Measure && _thresholds.AsSpan().SequenceEqual(other._thresholds);

    public override int GetHashCode() => HashCode.Combine(Measure, _thresholds.Length, _thresholds[^1]);

    /// <summary>Such as c0.8 (confidence, all exits at 0.8), h-/0.1 (entropy, the second exit alone).</summary>
    public override string ToString()
    {
        var texts = _thresholds.Select(t => t >= 0 ? t.ToString("0.####", CultureInfo.InvariantCulture) : "-").ToArray();
        return (Measure == GateMeasure.Confidence ? "c" : "h") + (texts.Length > 1 && texts.All(t => t == texts[0]) ? $"{texts[0]}*{texts.Length}" : string.Join('/', texts));
    }
}
