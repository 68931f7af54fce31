using RlOffload.Environment.Profiles;

namespace RlOffload.Agents.Planners;

/// <summary>
/// Time of a layer by a regression of its operator's layers, as Neurosurgeon fits one model a layer type: convolutions on what they write and on that times the channels
/// they read, matrix products on what they read times what they write, all others on what they read and write.
/// </summary>
internal static class LayerRegression
{
    /// <returns>Predicted ms of each node of the profile, in its order.</returns>
    public static double[] Predict(ModelProfile profile)
    {
        var elements = new Dictionary<string, double> { [profile.Model.Input] = profile.Cuts[0].Elements };
        var channels = new Dictionary<string, double>();
        if (profile.Model.Shape.Count > 2)
            channels[profile.Model.Input] = profile.Model.Shape[1];
        foreach (var tensor in profile.Nodes.SelectMany(n => n.Outputs).Concat(profile.Cuts.SelectMany(c => c.Tensors)))
        {
            elements[tensor.Name] = tensor.Elements;
            if (tensor.Shape is { Count: > 2 } shape)
                channels[tensor.Name] = shape[1];
        }
        var predicted = new double[profile.Nodes.Count];
        foreach (var kind in Enumerable.Range(0, predicted.Length).GroupBy(i => profile.Nodes[i].Op))
        {
            int[] nodes = [.. kind];
            var known = nodes.All(i => profile.Nodes[i].Inputs.Count > 0 && channels.ContainsKey(profile.Nodes[i].Inputs[0]));
            double[][] features = [.. nodes.Select(i => Features(profile.Nodes[i], elements, known ? channels : null))];
            var coefficients = NonNegativeFit.Solve(features, [.. nodes.Select(i => profile.Nodes[i].Ms)]);
            for (var n = 0; n < nodes.Length; n++)
                predicted[nodes[n]] = features[n].Zip(coefficients, (x, b) => x * b).Sum();
        }
        return predicted;
    }

    /// <summary>Mean absolute error of the predicted times by operator, each relative to the layer's measured time; layers that take none are left out.</summary>
    public static IReadOnlyDictionary<string, double> Errors(ModelProfile profile)
    {
        var predicted = Predict(profile);
        return Enumerable.Range(0, predicted.Length).Where(i => profile.Nodes[i].Ms > 0)
            .GroupBy(i => profile.Nodes[i].Op).OrderBy(g => g.Key, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Average(i => Math.Abs(predicted[i] - profile.Nodes[i].Ms) / profile.Nodes[i].Ms));
    }

    private static double[] Features(ProfiledNode node, Dictionary<string, double> elements, Dictionary<string, double>? channels)
    {
        var read = node.Inputs.Sum(t => elements.GetValueOrDefault(t));
        var written = node.Outputs.Sum(t => (double)t.Elements);
        return node.Op switch
        {
            _ when node.Op.Contains("Conv", StringComparison.Ordinal) && channels is not null => [1, written, written * channels[node.Inputs[0]]],
            _ when node.Op.Contains("Gemm", StringComparison.Ordinal) || node.Op.Contains("MatMul", StringComparison.Ordinal) => [1, written, read * written],
            _ => [1, read, written],
        };
    }
}
