namespace RlOffload.Inference.Profiling;

/// <summary>How sure an exit is of each image and whether it is right. Images may be noted from several threads.</summary>
internal sealed class ExitScores(int images)
{
    private readonly float[] _confidence = new float[images];
    private readonly float[] _entropy = new float[images];
    private readonly char[] _correct = new char[images];

    public IReadOnlyList<float> Confidence => _confidence;

    public IReadOnlyList<float> Entropy => _entropy;

    public string Correct => new(_correct);

    /// <param name="row">An output per class: logits, or probabilities where the network ends in a softmax.</param>
    public void Note(int image, ReadOnlySpan<float> row, int label)
    {
        var (confidence, entropy) = Certainty(row);
        _confidence[image] = MathF.Round(confidence, 3);
        _entropy[image] = MathF.Round(entropy, 3);
        _correct[image] = AccuracyMeter.ArgMax(row) == label ? '1' : '0';
    }

    /// <summary>Largest class probability, and entropy in nats (BranchyNet's measure, Teerapittayanon et al., ICPR 2016).</summary>
    public static (float Confidence, float Entropy) Certainty(ReadOnlySpan<float> row)
    {
        double sum = 0, max = double.NegativeInfinity;
        var probabilities = true;
        foreach (var x in row)
        {
            sum += x;
            max = Math.Max(max, x);
            probabilities &= x is >= 0 and <= 1;
        }
        // Numbers in 0..1 that add up to 1 are taken as probabilities already.
        probabilities &= Math.Abs(sum - 1) < 1e-3;
        double total = 0;
        foreach (var x in row)
            total += probabilities ? x : Math.Exp(x - max);
        double largest = 0, entropy = 0;
        foreach (var x in row)
        {
            var p = (probabilities ? x : Math.Exp(x - max)) / total;
            largest = Math.Max(largest, p);
            entropy -= p > 0 ? p * Math.Log(p) : 0;
        }
        return ((float)largest, (float)Math.Max(0, entropy));
    }
}
