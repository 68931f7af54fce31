using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Images;
using RlOffload.Inference.Partitions;
using RlOffload.Onnx;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Inference.Profiling;

/// <summary>
/// Accuracy by running labelled images: through the whole network, and through head, quantiser and tail. Images run in batches on all cores
/// where the network takes batches; each image's tensors are quantised by themselves, as they would be sent.
/// </summary>
internal sealed class AccuracyMeter
{
    private const int Batch = 8;

    private readonly SplitNetwork _network;
    private readonly IReadOnlyList<string> _exits;
    private readonly LabelledImages _images;
    private readonly PixelScale _scale;
    private readonly SplitNetwork? _batched;

    /// <param name="network">At the shapes of one request.</param>
    /// <param name="exits">Per exit its one output.</param>
    public AccuracyMeter(SplitNetwork network, IReadOnlyList<string> exits, LabelledImages images, PixelScale scale)
    {
        (_network, _exits, _images, _scale) = (network, exits, images, scale);
        _batched = Widen(network);
        var classes = ClassesOf(exits);
        for (var i = 0; i < images.Count; i++)
            if (images.Label(i) >= classes)
                throw new InputException(images.LabelsFile, $"image {images.First + i}",
                    $"is of class {images.Label(i)}, allowed is 0 to {classes - 1} (the network's classes)");
    }

    /// <summary>What every exit says of every image, nothing being quantised.</summary>
    public ImageOutcomes Outcomes(Action<double> progress, CancellationToken cancel)
    {
        var network = _batched ?? _network;
        var scores = _exits.Select(_ => new ExitScores(_images.Count)).ToList();
        using var whole = new SubModel(network.Head(_exits, "whole")!);
        ForEachBatch(network, progress, cancel, (batch, input) =>
        {
            using var answers = whole.Run([input]);
            for (var e = 0; e < _exits.Count; e++)
                Rows(answers[e], batch, (image, row) => scores[e].Note(image, row, _images.Label(image)));
        });
        return new ImageOutcomes(
            _images.Count, [.. scores.Select(s => s.Confidence)], [.. scores.Select(s => s.Entropy)], [.. scores.Select(s => s.Correct)]);
    }

    /// <returns>For each exit of the cut, in its order, the share of right answers by <see cref="ProfileOptions.Bits"/>.</returns>
    public double[][] Measure(Cut cut, Action<double> progress, CancellationToken cancel)
    {
        var network = _batched is not null && cut.Tensors.All(t => IsBatched(t, _batched)) ? _batched : _network;
        var outputs = cut.Exits.Select(e => _exits[e]).ToList();
        var tensors = cut.Tensors.Select(t => new TensorQuantiser(network.Tensors[t], _network.Tensors[t].Elements)).ToList();
        var right = cut.Exits.Select(_ => new int[ProfileOptions.Bits.Count]).ToArray();
        var part = network.Head(cut.Tensors, $"head to {cut.After}");
        using var head = part is null ? null : new SubModel(part);
        using var tail = new SubModel(network.Tail(cut.Tensors, outputs, $"tail after {cut.After}"));
        ForEachBatch(network, progress, cancel, (batch, input) =>
        {
            using var made = head?.Run([input]);
            var sent = cut.Tensors.Select(t => t == network.Graph.Inputs[0].Name ? input : made![Index(head!.Outputs, t)]).ToList();
            for (var b = 0; b < ProfileOptions.Bits.Count; b++)
            {
                var received = sent.Select((value, t) => tensors[t].Quantise(value, ProfileOptions.Bits[b])).ToList();
                using var answers = tail.Run([.. tail.Inputs.Select(n => received[Index(cut.Tensors, n)])]);
                for (var e = 0; e < outputs.Count; e++)
                {
                    var (exit, bits) = (e, b);
                    Rows(answers[Index(tail.Outputs, outputs[e])], batch, (image, row) =>
                    {
                        if (ArgMax(row) == _images.Label(image))
                            Interlocked.Increment(ref right[exit][bits]);
                    });
                }
                received.ForEach(r => r.Dispose());
            }
        });
        return [.. right.Select(r => r.Select(n => Math.Round((double)n / _images.Count, 5)).ToArray())];
    }

    public static int ArgMax(ReadOnlySpan<float> row)
    {
        var best = 0;
        for (var i = 1; i < row.Length; i++)
            if (row[i] > row[best])
                best = i;
        return best;
    }

    private static int Index(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
            if (names[i] == name)
                return i;
        throw new KeyNotFoundException(name);
    }

    /// <summary>The network at a larger batch, if its batch is dynamic and its exits follow it; else null.</summary>
    private SplitNetwork? Widen(SplitNetwork network)
    {
        var input = network.Graph.Inputs[0];
        var shape = network.Tensors[input.Name].Shape;
        if (TensorTypes.ShapeOf(input) is not { Count: > 1 } declared || declared[0] >= 0 || shape[0] != 1)
            return null;
        try
        {
            var wide = new TensorInfo(network.Tensors[input.Name].Type, [Batch, .. shape.Skip(1)]);
            var tensors = TensorProbe.Run(network.Graph, new Dictionary<string, TensorInfo> { [input.Name] = wide });
            var batched = new SplitNetwork(network.Graph, tensors);
            return _exits.All(e => IsBatched(e, batched)) ? batched : null;
        }
        catch (InputException)
        {
            // Some networks state a dynamic batch and then reshape to one of 1.
            return null;
        }
    }

    private bool IsBatched(string tensor, SplitNetwork batched)
    {
        var (one, many) = (_network.Tensors[tensor], batched.Tensors[tensor]);
        return one.Shape.Count > 0 && one.Shape[0] == 1 && many.Shape[0] == Batch && many.Shape.Skip(1).SequenceEqual(one.Shape.Skip(1));
    }

    private long ClassesOf(IReadOnlyList<string> exits)
    {
        var images = ImagesIn(_network);
        foreach (var exit in exits)
            if (_network.Tensors[exit] is var info && (info.Type != DataType.Float || info.Elements % images != 0))
                throw new InputException(_network.Graph.Model.Source, $"graph.output '{exit}'",
                    $"is {info.Type} [{string.Join(", ", info.Shape)}], allowed is a float for each class where labelled images are given");
        return exits.Min(e => _network.Tensors[e].Elements / images);
    }

    /// <summary>The size of the input's batch; 1 where the input has the rank of one image.</summary>
    private static int ImagesIn(SplitNetwork network) =>
        network.Tensors[network.Graph.Inputs[0].Name].Shape is { Count: 4 } shape ? (int)shape[0] : 1;

    private void ForEachBatch(
        SplitNetwork network, Action<double> progress, CancellationToken cancel, Action<BatchOfImages, OrtValue> run)
    {
        var info = network.Tensors[network.Graph.Inputs[0].Name];
        var size = ImagesIn(network);
        var batches = (_images.Count + size - 1) / size;
        var done = 0;
        void Run(int b)
        {
            using var input = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)info.Type, [.. info.Shape]);
            var bytes = input.GetTensorMutableRawData();
            var one = bytes.Length / size;
            for (var i = 0; i < size; i++)
            {
                // The last batch is filled up with the last image, which is counted once.
                var image = Math.Min(b * size + i, _images.Count - 1);
                if (info.Type == DataType.Float)
                    _images.Fill(image, _scale, MemoryMarshal.Cast<byte, float>(bytes.Slice(i * one, one)));
                else
                    _images.Pixels(image).CopyTo(bytes.Slice(i * one, one));
            }
            run(new BatchOfImages(b * size, Math.Min(size, _images.Count - b * size), size), input);
            progress((double)Interlocked.Increment(ref done) / batches);
        }
        var cores = new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = System.Environment.ProcessorCount };
        try
        {
            Parallel.For(0, batches, cores, Run);
        }
        catch (AggregateException e) when (e.InnerExceptions[0] is InputException or ArithmeticException)
        {
            throw e.InnerExceptions[0] as InputException
                ?? new InputException(_network.Graph.Model.Source, "graph", $"cannot be quantised: {e.InnerExceptions[0].Message}");
        }
    }

    private static void Rows(OrtValue value, BatchOfImages batch, RowAction use)
    {
        var all = value.GetTensorDataAsSpan<float>();
        var row = all.Length / batch.Size;
        for (var i = 0; i < batch.Count; i++)
            use(batch.First + i, all.Slice(i * row, row));
    }

    private delegate void RowAction(int image, ReadOnlySpan<float> row);

    private readonly record struct BatchOfImages(int First, int Count, int Size);
}
