using System.Globalization;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Images;
using RlOffload.Inference.Partitions;
using RlOffload.Onnx;

namespace RlOffload.Inference.Profiling;

/// <param name="Done">Of <paramref name="Of"/>; fractions are parts of a step.</param>
public readonly record struct ProfileProgress(string Stage, double Done, int Of);

/// <summary>
/// Measures a network through ONNX Runtime on one thread: where it can be cut, what its heads and tails cost, and, with labelled images, how
/// accurate each choice is. Everything is checked before anything is measured; an interrupted profile resumes from its journal.
/// </summary>
public sealed class Profiler(ProfileOptions options, TimeProvider clock, IProgress<ProfileProgress>? progress = null)
{
    /// <summary>Measures and writes <see cref="ProfileOptions.Out"/>.</summary>
    /// <exception cref="InputException">The model or an option is refused; nothing is written.</exception>
    /// <exception cref="InvalidDataException">The file is no ONNX model; nothing is written.</exception>
    /// <exception cref="OperationCanceledException">Interrupted; the journal beside the output file holds what was measured.</exception>
    public ModelProfile Run(CancellationToken cancel)
    {
        CheckOptions();
        var graph = new GraphView(OnnxModel.Load(options.Model));
        var exits = ExitList.Of(graph, options.Exits);
        var all = CutFinder.Find(graph, exits, options.MaxLive);
        var tensors = TensorProbe.Run(graph, options.Shape);
        foreach (var output in exits.SelectMany(e => e).Where(o => !tensors.ContainsKey(o) || tensors[o].Elements == 0))
            throw new InputException(options.Model, $"graph.output '{output}'", "is no tensor of numbers; name the outputs to answer with by --exits");
        // Sequences, strings and empty tensors cannot be sent.
        all = [.. all.Where(c => c.Tensors.All(t => tensors.TryGetValue(t, out var info) && info.Bytes > 0))];
        var cuts = CutSelection.Choose(all, c => c.Tensors.Sum(t => tensors[t].Bytes), options.MaxCuts);
        var network = new SplitNetwork(graph, tensors);
        var images = options.Images is null ? null : ReadImages(graph, exits, tensors);
        var accuracy = images is null ? null : new AccuracyMeter(network, [.. exits.Select(e => e[0])], images, Scale);

        var machine = MachineInfo.Read(options.Repeats, clock);
        var sha = SplitNetwork.HashOf(options.Model);
        var input = graph.Inputs[0].Name;
        using var journal = new Journal(options.Out + ".journal", Subject(sha, machine));
        var times = MeasureTimes(network, exits, cuts, journal, cancel);
        var profile = new ModelProfile
        {
            Model = new ProfiledModel(Path.GetFileName(options.Model), sha, input, tensors[input].Shape,
                tensors[input].ToCutTensor(input).Type, images?.Description, images is null ? null : Scale),
            Machine = machine,
            Cuts = [.. cuts.Select((c, id) => new CutPoint(id, c.After, [.. c.Tensors.Select(t => tensors[t].ToCutTensor(t))], times.Cuts[id].Identical))],
            Exits = [.. exits.Select((e, id) => new ExitBranch(id, e[0], null, e.Count > 1 ? e : null))],
            Partitions = [.. Partitions(network, exits, cuts, times)],
            WholeMs = times.Whole,
            Nodes = Nodes(graph, tensors, times.Layers),
            Untimed = [.. all.Except(cuts).Select(c => new UntimedCut(c.After, c.Tensors.Sum(t => tensors[t].Elements), c.Tensors.Sum(t => tensors[t].Bytes)))],
        };
        if (accuracy is not null)
            profile = MeasureAccuracy(profile, accuracy, images!, cuts, journal, cancel);
        var problems = ProfileFile.Check(profile).ToList();
        if (problems.Count > 0)
            throw new InvalidOperationException($"the profile contradicts itself: {string.Join("; ", problems)}");
        ProfileFile.Write(profile, options.Out);
        journal.Delete();
        return profile;
    }

    private PixelScale Scale => options.Pixels ?? new PixelScale(1.0 / 255, [0], [1]);

    private void CheckOptions()
    {
        var problems = new List<string>();
        if (options.Repeats < 1)
            problems.Add($"--repeats: is {options.Repeats}, allowed is 1 or more");
        if (options.MaxCuts < 1)
            problems.Add($"--max-cuts: is {options.MaxCuts}, allowed is 1 or more");
        if (options.MaxLive < 1)
            problems.Add($"--max-live: is {options.MaxLive}, allowed is 1 or more");
        if (options.Shape is { } shape && (shape.Count == 0 || shape.Any(d => d < 1)))
            problems.Add($"--shape: is {string.Join(',', shape)}, allowed are whole numbers of 1 or more, separated by commas");
        if (options.Images is null && options.Labels is not null)
            problems.Add("--labels: is given without --images; give both");
        if (Scale is var s && (s.Mean.Count != s.Std.Count || s.Std.Any(x => !(x > 0)) || s.Mean.Concat(s.Std).Append(s.Scale).Any(x => !double.IsFinite(x))))
            problems.Add($"--mean, --std: are {string.Join(',', s.Mean)} and {string.Join(',', s.Std)}, allowed are as many finite numbers each, std above 0");
        var folder = Path.GetDirectoryName(Path.GetFullPath(options.Out));
        if (!Directory.Exists(folder))
            problems.Add($"--out: the folder {folder} does not exist");
        else if (Directory.Exists(options.Out))
            problems.Add($"--out: {options.Out} is a folder, a file is needed");
        if (problems.Count > 0)
            throw new InputException(problems);
    }

    private LabelledImages ReadImages(GraphView graph, IReadOnlyList<IReadOnlyList<string>> exits, IReadOnlyDictionary<string, TensorInfo> tensors)
    {
        if (graph.Inputs.Count != 1 || tensors[graph.Inputs[0].Name].ToCutTensor("").Type is not ("float" or "uint8"))
            throw new InputException(options.Model, "graph.input", "labelled images need a model with one input, of float or uint8");
        if (exits.FirstOrDefault(e => e.Count > 1) is { } joint)
            throw new InputException(options.Model, "graph.output", $"accuracy needs one output an exit, not {string.Join(" and ", joint)} together; name exits by --exits");
        var shape = tensors[graph.Inputs[0].Name].Shape;
        var images = LabelledImages.Read(options.Images!, options.Labels, shape.Count == 4 ? [.. shape.Skip(1)] : shape, options.FirstImage, options.AccuracyImages, options.Seed);
        if (Scale.Mean.Count != 1 && Scale.Mean.Count != images.Channels)
            throw new InputException(options.Images!, "--mean", $"has {Scale.Mean.Count} numbers, allowed is 1 or {images.Channels} (the image's channels, if they come first)");
        return images;
    }

    private string Subject(string sha, MeasuringMachine machine)
    {
        string Stamp(string? path) => path is null ? "" : SplitNetwork.HashOf(path);
        var same = options with { Out = "", Model = "", Images = Stamp(options.Images), Labels = Stamp(options.Labels), Pixels = null, Exits = null, Shape = null };
        return string.Join('|', sha, same, string.Join(',', options.Exits ?? []), string.Join(',', options.Shape ?? []),
            string.Join(',', Scale.Mean.Concat(Scale.Std).Append(Scale.Scale).Select(x => x.ToString(CultureInfo.InvariantCulture))),
            machine.Cpu, machine.OnnxRuntime, ModelProfile.CurrentFormat);
    }

    private sealed record Times(IReadOnlyList<Duration> Whole, IReadOnlyList<CutMeasure> Cuts, IReadOnlyList<double> Layers);

    private Times MeasureTimes(
        SplitNetwork network, IReadOnlyList<IReadOnlyList<string>> exits, IReadOnlyList<Cut> cuts, Journal journal, CancellationToken cancel)
    {
        using var meter = new CutMeter(network, exits, new PartitionTimer(clock, options.Repeats));
        var steps = exits.Count + 1 + cuts.Count;
        var done = 0;
        T Step<T>(string key, Func<T> measure)
        {
            cancel.ThrowIfCancellationRequested();
            var value = journal.Measure(key, measure);
            progress?.Report(new ProfileProgress("timing", ++done, steps));
            return value;
        }
        var whole = exits.Select((_, e) => Step($"whole/{e}", () => meter.MeasureWhole(e, cancel))).ToList();
        var layers = Step("layers", () => LayerTimes.Measure(network.Graph, meter.Inputs, Math.Min(options.Repeats, 10), cancel));
        var measured = cuts.Select((c, id) => Step($"cut/{id}", () => meter.Measure(c, cancel))).ToList();
        return new Times(whole, measured, layers);
    }

    private static IEnumerable<Partition> Partitions(SplitNetwork network, IReadOnlyList<IReadOnlyList<string>> exits, IReadOnlyList<Cut> cuts, Times times)
    {
        var graph = network.Graph;
        var head = cuts.Select(c => graph.Ancestors(c.Tensors)).ToList();
        double Sum(bool[] nodes, bool[]? without = null) =>
            Math.Round(Enumerable.Range(0, nodes.Length).Where(i => nodes[i] && without?[i] != true).Sum(i => times.Layers[i]), 4);
        var none = new Duration(0, 0);
        for (var e = 0; e < exits.Count; e++)
        {
            var exit = graph.Ancestors(exits[e]);
            for (var c = 0; c < cuts.Count; c++)
            {
                var memory = cuts[c].Depth == 0 ? 0 : PeakMemory.OfHead(graph, cuts[c].Tensors, network.Tensors);
                if (cuts[c].LocalOf.Contains(e))
                    yield return new Partition(e, c, true, times.Whole[e], none, memory, Sum(exit));
                else if (cuts[c].Depth == 0)
                    yield return new Partition(e, c, false, none, times.Whole[e], 0, 0, Sum(exit));
                else if (cuts[c].Exits.Contains(e))
                    yield return new Partition(e, c, false, times.Cuts[c].Head, times.Cuts[c].Tails[e], memory, Sum(head[c]), Sum(exit, head[c]));
            }
        }
    }

    private static IReadOnlyList<ProfiledNode> Nodes(GraphView graph, IReadOnlyDictionary<string, TensorInfo> tensors, IReadOnlyList<double> layers)
    {
        CutTensor[] Made(int node) => [.. graph.Writes(node).Where(t => tensors.TryGetValue(t, out var i) && i.Bytes > 0).Select(t => tensors[t].ToCutTensor(t) with { Shape = null })];
        return [.. Enumerable.Range(0, graph.Nodes.Count).Where(i => !graph.IsConstantNode(i)).Select(i => new ProfiledNode(
            graph.NameOf(i), graph.Nodes[i].OpType, layers[i], Made(i).Sum(t => t.Bytes), [.. graph.Reads(i).Where(t => !graph.IsConstant(t))], Made(i)))];
    }

    private ModelProfile MeasureAccuracy(
        ModelProfile profile, AccuracyMeter meter, LabelledImages images, IReadOnlyList<Cut> cuts, Journal journal, CancellationToken cancel)
    {
        var steps = cuts.Count(c => c.Exits.Count > 0) + 1;
        var done = 0;
        T Step<T>(string key, Func<Action<double>, T> measure)
        {
            cancel.ThrowIfCancellationRequested();
            var value = journal.Measure(key, () => measure(part => progress?.Report(new ProfileProgress("accuracy", done + part, steps))));
            progress?.Report(new ProfileProgress("accuracy", ++done, steps));
            return value;
        }
        var outcomes = Step("outcomes", report => meter.Outcomes(report, cancel));
        var right = outcomes.Correct.Select(c => Math.Round((double)c.Count(x => x == '1') / outcomes.Images, 5)).ToList();
        var cells = new List<AccuracyCell>();
        for (var c = 0; c < cuts.Count; c++)
        {
            // Where everything is local nothing is sent, so there is one cell, at full precision.
            cells.AddRange(cuts[c].LocalOf.Select(e => new AccuracyCell(e, c, 32, right[e])));
            if (cuts[c].Exits.Count == 0)
                continue;
            var cut = cuts[c];
            var shares = Step($"accuracy/{c}", report => meter.Measure(cut, report, cancel));
            for (var e = 0; e < cut.Exits.Count; e++)
                cells.AddRange(ProfileOptions.Bits.Select((bits, b) => new AccuracyCell(cut.Exits[e], c, bits, shares[e][b])));
        }
        return profile with
        {
            Exits = [.. profile.Exits.Select(e => e with { Accuracy = right[e.Id] })],
            Accuracy = cells,
            InputEncodings = InputSizes.Of(images, profile.Model.Shape.Count == 4 ? (int)profile.Model.Shape[0] : 1),
            Outcomes = outcomes,
        };
    }
}
