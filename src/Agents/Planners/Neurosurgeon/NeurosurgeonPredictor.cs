using RlOffload.Environment.Profiles;

namespace RlOffload.Agents.Planners;

/// <summary>
/// Times of heads and tails as Neurosurgeon would have them: not measured for the partition, but added up from regressions over its layers. Where the profile has no
/// layers, over its pieces between neighbouring cuts, whose time is regressed on the numbers that they read, write and hold as weights. One factor makes the whole
/// network's time the measured one, as anyone would who runs it once.
/// </summary>
internal sealed class NeurosurgeonPredictor
{
    private readonly Dictionary<int, (double Head, double Tail)> _seconds = [];

    public NeurosurgeonPredictor(ModelProfile profile)
    {
        var deepest = profile.Exits.Count - 1;
        Partition[] chain = [.. profile.Partitions.Where(p => p.Exit == deepest).OrderBy(p => p.Local).ThenBy(p => p.Cut)];
        LayerErrors = profile.Nodes.Count == 0 ? new Dictionary<string, double>() : LayerRegression.Errors(profile);
        var heads = ByLayers(profile, chain) ?? ByPieces(profile, chain);
        var measured = chain[^1].HeadMs.Median;
        var factor = heads[^1] > 0 ? measured / heads[^1] : 0;
        // A server that was timed itself runs the whole network in its own time, shared among the layers as on the device.
        var elsewhere = measured > 0 && profile.Partitions.Any(p => p.ServerTailMs is not null) ? profile.ServerWholeMs.Median / measured : 1;
        var error = 0.0;
        for (var i = 0; i < chain.Length; i++)
        {
            double head = heads[i] * factor, tail = measured - head;
            _seconds[chain[i].Cut] = (head / 1000, tail / 1000 * elsewhere);
            error += Math.Abs(head - chain[i].HeadMs.Median) + Math.Abs(tail - chain[i].TailMs.Median);
        }
        MeanError = error / (2 * chain.Length * Math.Max(measured, 1e-9));
    }

    /// <summary>Mean absolute error of the predicted head and tail times over all splits, as a share of the whole network's measured time.</summary>
    public double MeanError { get; }

    /// <summary>See <see cref="LayerRegression.Errors"/>.</summary>
    public IReadOnlyDictionary<string, double> LayerErrors { get; }

    /// <summary>Predicted time of the head on the profile's device and of the tail on its server, s, at a cut of the deepest exit, before the scenario's factors.</summary>
    public (double Head, double Tail) Seconds(int cut) => _seconds[cut];

    /// <summary>Predicted ms of each head; null where the profile's layers do not lead to each cut.</summary>
    private static double[]? ByLayers(ModelProfile profile, Partition[] chain)
    {
        if (profile.Nodes.Count == 0)
            return null;
        var maker = new Dictionary<string, int>();
        for (var i = 0; i < profile.Nodes.Count; i++)
            foreach (var output in profile.Nodes[i].Outputs)
                maker[output.Name] = i;
        var times = LayerRegression.Predict(profile);
        var heads = new double[chain.Length];
        for (var i = 0; i < chain.Length; i++)
        {
            var tensors = profile.Cuts[chain[i].Cut].Tensors;
            if (chain[i].Cut != 0 && tensors.Any(t => !maker.ContainsKey(t.Name)))
                return null;
            heads[i] = Before(profile, maker, tensors.Select(t => t.Name)).Sum(n => times[n]);
        }
        return heads[^1] > 0 ? heads : null;
    }

    /// <summary>The nodes that have to run before the tensors exist.</summary>
    private static HashSet<int> Before(ModelProfile profile, Dictionary<string, int> maker, IEnumerable<string> tensors)
    {
        var nodes = new HashSet<int>();
        var open = new Stack<string>(tensors);
        while (open.TryPop(out var tensor))
            if (maker.TryGetValue(tensor, out var node) && nodes.Add(node))
                foreach (var input in profile.Nodes[node].Inputs)
                    open.Push(input);
        return nodes;
    }

    private static double[] ByPieces(ModelProfile profile, Partition[] chain)
    {
        double[][] features = [.. chain.Zip(chain.Skip(1), (from, to) => (double[])
        [
            1,
            profile.Cuts[from.Cut].Elements,
            profile.Cuts[to.Cut].Elements,
            Math.Max(0, to.HeadMemoryBytes - from.HeadMemoryBytes) / 4.0,
        ])];
        // Noise can make a longer head look quicker; no piece takes less than nothing.
        var coefficients = NonNegativeFit.Solve(features, [.. chain.Zip(chain.Skip(1), (from, to) => Math.Max(0, to.HeadMs.Median - from.HeadMs.Median))]);
        var heads = new double[chain.Length];
        for (var i = 1; i < chain.Length; i++)
            heads[i] = heads[i - 1] + features[i - 1].Zip(coefficients, (x, b) => x * b).Sum();
        return heads;
    }
}
