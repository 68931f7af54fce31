using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using RlOffload.Environment;
using RlOffload.Inference.Partitions;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;

namespace RlOffload.Inference.Serving;

/// <summary>
/// A tail whose tensors' first dimension is left open, so that several requests are computed in one run. There is one only where that was tried: the graph
/// runs with several rows, gives as many, and each row holds the numbers that the tail gives alone. Safe to run from several threads, each with its own rows.
/// </summary>
internal sealed class BatchedTail : IDisposable
{
    private readonly SubModel _model;

    private BatchedTail(SubModel model, int exit, int cut, IReadOnlyDictionary<string, TensorInfo> rows, List<string> cutNames) =>
        (_model, Exit, Cut, Rows, CutNames) = (model, exit, cut, rows, cutNames);

    public int Exit { get; }
    public int Cut { get; }

    /// <summary>Inputs and outputs by name, each as it is for one request.</summary>
    public IReadOnlyDictionary<string, TensorInfo> Rows { get; }

    /// <summary>The tensors of the cut, in its order; the tail may not need all of them.</summary>
    public List<string> CutNames { get; }

    public IReadOnlyList<string> Inputs => _model.Inputs;
    public IReadOnlyList<string> Outputs => _model.Outputs;

    /// <summary>Whether no number of any row differed at all when it was tried.</summary>
    public bool SameBits { get; private set; }

    public BoundRun Bind(Func<string, OrtValue> tensor) => _model.Bind(tensor);

    public void Dispose() => _model.Dispose();

    /// <param name="most">Rows to try; every number from 2 to it is not, 2 and it are.</param>
    /// <param name="tolerance">Largest difference of a number, relative to the largest number of its tensor.</param>
    /// <param name="why">Why there is none.</param>
    public static BatchedTail? TryOpen(PartitionSet partitions, int exit, int cut, int most, double tolerance, out string why)
    {
        var (network, profile) = (partitions.Network, partitions.Profile);
        var inputs = profile.Cuts[cut].Tensors.Select(t => t.Name).ToList();
        var outputs = profile.Exits[exit].AllOutputs;
        var rows = inputs.Concat(outputs).Distinct().ToDictionary(n => n, n => network.Tensors[n]);
        if (outputs.Any(inputs.Contains))
            why = "an output is among the tensors of the cut";
        else if (rows.FirstOrDefault(r => r.Value.Shape.Count == 0 || r.Value.Shape[0] != 1) is { Key: { } odd })
            why = $"the first dimension of {odd} is not 1";
        else
        {
            BatchedTail? tail = null;
            try
            {
                tail = new BatchedTail(new SubModel(Opened(network, inputs, outputs, rows, exit, cut)), exit, cut, rows, inputs);
                if (tail.Try(partitions, most, tolerance, out why))
                    return tail;
            }
            catch (Exception e) when (e is InputException or InvalidDataException or OnnxRuntimeException)
            {
                why = e.Message;
            }
            tail?.Dispose();
        }
        return null;
    }

    private static OnnxModel Opened(
        SplitNetwork network, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, Dictionary<string, TensorInfo> rows, int exit, int cut)
    {
        ValueInfoProto Open(string name) => TensorTypes.Info(name, rows[name].Type, [-1, .. rows[name].Shape.Skip(1)]);
        var part = new Cutter(network.Graph).Extract([.. inputs.Select(Open)], outputs, $"batched tail of exit {exit}, cut {cut}");
        part.Proto.Graph.Output.Clear();
        part.Proto.Graph.Output.Add(outputs.Select(Open));
        return part;
    }

    private bool Try(PartitionSet partitions, int most, double tolerance, out string why)
    {
        using var store = new TensorStore(partitions);
        using var together = new BatchRows(this, most);
        var rng = new Rng(1);
        SameBits = true;
        foreach (var count in (int[])[2, most])
        {
            var alone = new List<byte[][]>();
            for (var row = 0; row < count; row++)
            {
                foreach (var tensor in store.Cut(Cut))
                    if (tensor.IsFloat)
                        foreach (ref var number in MemoryMarshal.Cast<byte, float>(tensor.Bytes))
                            number = (float)rng.NextGaussian();
                together.Put(row, store);
                store.RunTail(Exit, Cut);
                alone.Add([.. store.Answer(Exit).Select(o => o.Bytes.ToArray())]);
            }
            together.Run(count);
            var outputs = partitions.Profile.Exits[Exit].AllOutputs;
            for (var row = 0; row < count; row++)
                for (var i = 0; i < outputs.Count; i++)
                {
                    var difference = Difference(alone[row][i], together.Row(outputs[i], row), Rows[outputs[i]]);
                    SameBits &= difference == 0;
                    if (difference > tolerance)
                    {
                        why = FormattableString.Invariant($"row {row} of {count} differs by {difference:G3} in {outputs[i]}, allowed is {tolerance:G3}");
                        return false;
                    }
                }
        }
        why = "";
        return true;
    }

    /// <summary>Largest difference over the largest number; of tensors other than float32 that differ, infinity.</summary>
    private static double Difference(ReadOnlySpan<byte> alone, ReadOnlySpan<byte> together, TensorInfo info)
    {
        if (alone.SequenceEqual(together))
            return 0;
        if (info.Type != TensorProto.Types.DataType.Float || alone.Length != together.Length)
            return double.PositiveInfinity;
        var a = MemoryMarshal.Cast<byte, float>(alone);
        var b = MemoryMarshal.Cast<byte, float>(together);
        double largest = 0, difference = 0;
        for (var i = 0; i < a.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(a[i]));
            difference = Math.Max(difference, Math.Abs(a[i] - b[i]));
        }
        return difference / Math.Max(largest, float.Epsilon);
    }
}
