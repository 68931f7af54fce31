namespace RlOffload.Environment.Profiles.Imports;

/// <summary>
/// Accuracy lost to quantising the numbers at a cut, for networks on which nobody measured it: an ASSUMPTION. It is what the shipped network lost at its convolutions'
/// outputs, the worse of its two kinds of cut (before and after the activation), as a share of its accuracy, at the cut of the same depth.
/// Depth is the head's share of the whole network's time; between the five measured depths it is linear, beyond them constant. Rises with more bits are taken as 0.
/// </summary>
public static class AssumedBits
{
    public static IReadOnlyList<int> Widths { get; } = [2, 3, 4, 6, 8, 16, 32];

    public const string Source = "ASSUMED, not measured with this network: the share of accuracy that fashion_frames.onnx lost (fashion_frames.profile.json, 5,000 images) "
        + "at the convolution output of the same depth; a network of 1,000 classes may well lose more";

    /// <summary>Depth of the measured cuts, after stage1.conv to stage5.conv.</summary>
    internal static readonly double[] Depths = [0.11, 0.25, 0.37, 0.63, 0.86];

    /// <summary>Share of the accuracy of 0.9024 that was lost, by bits, at each of <see cref="Depths"/>.</summary>
    internal static readonly IReadOnlyDictionary<int, double[]> Lost = new Dictionary<int, double[]>
    {
        [2] = [0.7327, 0.5862, 0.6698, 0.4978, 0.0660],
        [3] = [0.1124, 0.1478, 0.0135, 0.0024, 0.0055],
        [4] = [0.0100, 0.0075, 0.0009, 0.0029, 0],
        [6] = [0.0013, 0.0009, 0, 0, 0],
        [8] = [0, 0, 0, 0, 0],
        [16] = [0, 0, 0, 0, 0],
        [32] = [0, 0, 0, 0, 0],
    };

    /// <param name="depth">Share of the whole network's time before the cut, 0..1.</param>
    /// <returns>Share of the accuracy at full precision that is lost, 0..1.</returns>
    public static double Loss(int bits, double depth)
    {
        var lost = Lost[bits];
        if (depth <= Depths[0])
            return lost[0];
        for (var i = 1; i < Depths.Length; i++)
            if (depth <= Depths[i])
                return lost[i - 1] + (depth - Depths[i - 1]) / (Depths[i] - Depths[i - 1]) * (lost[i] - lost[i - 1]);
        return lost[^1];
    }
}
