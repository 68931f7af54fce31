using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Images;
using RlOffload.Inference.Partitions;
using RlOffload.Onnx;

namespace RlOffload.Inference.Profiling;

/// <param name="Done">Of <paramref name="Of"/>; fractions are parts of a step.</param>
public readonly record struct ProfileProgress(string Stage, double Done, int Of);

/// <summary>
/// Measures a network through ONNX Runtime on one thread: where it can be cut, what its heads and tails cost, and, with labelled images,
/// how accurate each choice is. Everything is checked before anything is measured; an interrupted profile resumes from its journal.
/// </summary>
[RequiresUnreferencedCode(Journal.Why), RequiresDynamicCode(Journal.Why)]
public sealed class Profiler(ProfileOptions options, TimeProvider clock, IProgress<ProfileProgress>? progress = null)
{
    /// <summary>
    /// Seconds that timing may take at 5 repeats or fewer, more in proportion. A network too slow for all its cuts, or a machine too busy,
    /// gets fewer of them timed; the rest are listed by size.
    /// </summary>
    private const double Budget = 150;

    /// <summary>Measures and writes <see cref="ProfileOptions.Out"/>.</summary>
    /// <exception cref="InputException">The model or an option is refused; nothing is written.</exception>
    /// <exception cref="InvalidDataException">The file is no ONNX model; nothing is written.</exception>
    /// <exception cref="OperationCanceledException">Interrupted; the journal beside the output file holds what was measured.</exception>
    public ModelProfile Run(CancellationToken cancel)
    {
        options.Check();
        var graph = new GraphView(OnnxModel.Load(options.Model));
        var exits = ExitList.Of(graph, options.Exits);
        var found = CutFinder.Find(graph, exits, options.MaxLive);
        var tensors = TensorProbe.Find(graph, options.Shape);
        foreach (var output in exits.SelectMany(e => e).Where(o => !tensors.ContainsKey(o) || tensors[o].Elements == 0))
            throw new InputException(
                options.Model, $"graph.output '{output}'", "is no tensor of numbers; name the outputs to answer with by --exits");
        // Sequences, strings and empty tensors cannot be sent.
        found = [.. found.Where(c => c.Tensors.All(t => tensors.TryGetValue(t, out var info) && info.Bytes > 0))];
        var network = new SplitNetwork(graph, tensors);
        var images = options.Images is null ? null : ReadImages(network, exits);
        var accuracy = images is null ? null : new AccuracyMeter(network, [.. exits.Select(e => e[0])], images, options.Pixels);

        var machine = MachineInfo.Read(options.Repeats, clock);
        var sha = SplitNetwork.HashOf(options.Model);
        using var journal = new Journal(options.Out + ".journal", Subject(sha, machine));
        var (cuts, times) = MeasureTimes(network, exits, found, journal, cancel);
        var input = graph.Inputs[0].Name;
        var profile = new ModelProfile
        {
            Model = new ProfiledModel(Path.GetFileName(options.Model), sha, input, tensors[input].Shape,
                tensors[input].ToCutTensor(input).Type, images?.Description, images is null ? null : options.Pixels),
            Machine = machine,
            Cuts = [.. cuts.Select((c, id) =>
                new CutPoint(id, c.After, [.. c.Tensors.Select(t => tensors[t].ToCutTensor(t))], times.Cuts[id].Identical))],
            Exits = [.. exits.Select((e, id) => new ExitBranch(id, e[0], null, e.Count > 1 ? e : null))],
            Partitions = [.. ProfileTables.Partitions(network, exits, cuts, times)],
            WholeMs = times.Whole,
            Nodes = [.. ProfileTables.Nodes(graph, tensors, times.Layers)],
            Untimed = [.. found.Except(cuts).Select(c =>
                new UntimedCut(c.After, c.Tensors.Sum(t => tensors[t].Elements), network.BytesOf(c.Tensors)))],
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

    private LabelledImages ReadImages(SplitNetwork network, IReadOnlyList<IReadOnlyList<string>> exits)
    {
        var inputs = network.Graph.Inputs;
        if (inputs.Count != 1 || network.Tensors[inputs[0].Name].ToCutTensor("").Type is not ("float" or "uint8"))
            throw new InputException(options.Model, "graph.input", "labelled images need a model with one input, of float or uint8");
        if (exits.FirstOrDefault(e => e.Count > 1) is { } joint)
            throw new InputException(options.Model, "graph.output",
                $"accuracy needs one output an exit, not {string.Join(" and ", joint)} together; name exits by --exits");
        var shape = network.Tensors[inputs[0].Name].Shape;
        var images = LabelledImages.Read(options.Images!, options.Labels, shape.Count == 4 ? [.. shape.Skip(1)] : shape,
            options.FirstImage, options.AccuracyImages, options.Seed);
        var means = options.Pixels.Mean.Count;
        return means == 1 || means == images.Channels ? images : throw new InputException(
            options.Images!, "--mean", $"has {means} numbers, allowed is 1 or {images.Channels} (the image's channels, if they come first)");
    }

    /// <summary>All that the measurements depend on, so that a journal is taken up only by the same profile.</summary>
    private string Subject(string sha, MeasuringMachine machine)
    {
        static string? Stamp(string? path) => path is null ? null : SplitNetwork.HashOf(path);
        var same = options with { Out = "", Model = sha, Images = Stamp(options.Images), Labels = Stamp(options.Labels) };
        return JsonSerializer.Serialize((same, machine with { Date = "" }), new JsonSerializerOptions { IncludeFields = true });
    }

    private (IReadOnlyList<Cut> Cuts, ProfileTimes Times) MeasureTimes(
        SplitNetwork network, IReadOnlyList<IReadOnlyList<string>> exits, IReadOnlyList<Cut> found, Journal journal, CancellationToken cancel)
    {
        using var meter = new CutMeter(network, exits, new PartitionTimer(clock, options.Repeats));
        var chosen = CutSelection.Choose(found, c => network.BytesOf(c.Tensors), options.MaxCuts);
        var (done, steps) = (0, exits.Count + 1 + chosen.Count);
        T Step<T>(string key, Func<T> measure)
        {
            cancel.ThrowIfCancellationRequested();
            var value = journal.Measure(key, measure);
            progress?.Report(new ProfileProgress("timing", ++done, steps));
            return value;
        }
        var begin = clock.GetTimestamp();
        var whole = exits.Select((_, e) => Step($"whole/{e}", () => meter.MeasureWhole(e, cancel))).ToList();
        var layers = Step("layers", () => LayerTimes.Measure(network.Graph, meter.Inputs, Math.Min(options.Repeats, 10), cancel));
        var (budget, slowest) = (TimeSpan.FromSeconds(Budget * Math.Max(1, options.Repeats / 5.0)), TimeSpan.Zero);
        var measured = new Dictionary<Cut, CutMeasure>();
        foreach (var (cut, number) in CutSelection.Spread(chosen))
        {
            var start = clock.GetElapsedTime(begin);
            if (start + slowest > budget && !CutSelection.IsFixed(cut) && !journal.Knows($"cut/{number}"))
            {
                steps--;
                continue;
            }
            measured[cut] = Step($"cut/{number}", () => meter.Measure(cut, cancel));
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, (clock.GetElapsedTime(begin) - start).Ticks));
        }
        var cuts = chosen.Where(measured.ContainsKey).ToList();
        return (cuts, new ProfileTimes(whole, [.. cuts.Select(c => measured[c])], layers));
    }

    private ModelProfile MeasureAccuracy(
        ModelProfile profile, AccuracyMeter meter, LabelledImages images, IReadOnlyList<Cut> cuts, Journal journal, CancellationToken cancel)
    {
        var (done, steps) = (0, cuts.Count(c => c.Exits.Count > 0) + 1);
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
