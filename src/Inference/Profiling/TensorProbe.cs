using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using RlOffload.Environment;
using RlOffload.Inference.Partitions;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Inference.Profiling;

/// <summary>Finds the type and shape of every tensor of a network by running it once with all of them as outputs.</summary>
internal static class TensorProbe
{
    /// <summary>Sizes tried for a dynamic dimension that is not the batch.</summary>
    public static readonly IReadOnlyList<int> Sizes = [32, 48, 64, 224, 320, 640];

    /// <returns>Inputs, all tensors computed from them, and the weights that nodes read; what is no tensor of numbers is left out.</returns>
    /// <exception cref="InputException">The model does not run, not at any size tried, or not at the shape given.</exception>
    public static IReadOnlyDictionary<string, TensorInfo> Find(GraphView graph, IReadOnlyList<long>? shape)
    {
        var open = graph.Inputs.Any(v => TensorTypes.ShapeOf(v) is not { } s || s.Skip(1).Any(d => d < 0));
        if (shape is not null || !open)
            return Run(graph, Resolve(graph, shape, 1));
        using (var plain = new SubModel(graph.Model, GraphOptimizationLevel.ORT_DISABLE_ALL))
        {
            // Refuses an unknown operator here, where no size is to blame.
        }
        InputException? last = null;
        foreach (var size in Sizes)
            try
            {
                return Run(graph, Resolve(graph, null, size));
            }
            catch (InputException e)
            {
                last = e;
            }
        throw new InputException([$"{graph.Model.Source}:graph.input: has dynamic dimensions and runs at none of {string.Join(", ", Sizes)}; "
            + "give --shape, for example --shape 1,3,224,224", .. last!.Problems]);
    }

    /// <summary>Runs at the stated input shapes, by input name.</summary>
    public static IReadOnlyDictionary<string, TensorInfo> Run(GraphView graph, IReadOnlyDictionary<string, TensorInfo> inputs)
    {
        var names = Enumerable.Range(0, graph.Nodes.Count).Where(i => !graph.IsConstantNode(i))
            .SelectMany(i => graph.Writes(i).Concat(graph.Reads(i))).Where(t => graph.Producer(t) >= 0).Distinct().ToList();
        var wide = new ModelProto(graph.Model.Proto);
        wide.Graph.Input.Clear();
        wide.Graph.Input.Add(inputs.Select(i => TensorTypes.Info(i.Key, i.Value.Type, i.Value.Shape)));
        if (wide.IrVersion < 4)
            wide.Graph.Input.Add(graph.Model.Proto.Graph.Input.Where(v => graph.IsInitialiser(v.Name)));
        var declared = wide.Graph.Output.Select(v => v.Name).ToHashSet(StringComparer.Ordinal);
        wide.Graph.Output.Add(names.Where(n => !declared.Contains(n)).Select(n => new ValueInfoProto { Name = n }));

        using var session = new SubModel(new OnnxModel(wide, graph.Model.Source), GraphOptimizationLevel.ORT_DISABLE_ALL);
        var found = new Dictionary<string, TensorInfo>(inputs, StringComparer.Ordinal);
        foreach (var weight in graph.Initialisers.Values)
            found[weight.Name] = new TensorInfo((DataType)weight.DataType, [.. weight.Dims]);
        var tensors = names.Where(n => session.OutputMetadata[n].OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR
            && TensorTypes.ElementBytes((DataType)session.OutputMetadata[n].ElementDataType) > 0).ToList();
        var feeds = session.Inputs.Select((n, i) => RandomInput.Make(graph.Model.Source, n, inputs[n], i)).ToList();
        try
        {
            using var values = session.Run(feeds, tensors);
            for (var i = 0; i < tensors.Count; i++)
            {
                var info = values[i].GetTensorTypeAndShape();
                found[tensors[i]] = new TensorInfo((DataType)info.ElementDataType, info.Shape);
            }
        }
        finally
        {
            feeds.ForEach(f => f.Dispose());
        }
        return found;
    }

    /// <summary>The batch (a dynamic first dimension) becomes 1, other dynamic dimensions <paramref name="size"/>.</summary>
    private static Dictionary<string, TensorInfo> Resolve(GraphView graph, IReadOnlyList<long>? shape, int size)
    {
        var source = graph.Model.Source;
        if (shape is not null && graph.Inputs.Count != 1)
            throw new InputException(source, "--shape", $"the model has {graph.Inputs.Count} inputs, allowed is one where --shape is given");
        return graph.Inputs.ToDictionary(v => v.Name, v =>
        {
            if (v.Type?.TensorType is not { } tensor)
                throw new InputException(source, $"graph.input '{v.Name}'", "is no tensor; only tensors can be fed");
            var declared = TensorTypes.ShapeOf(v);
            if (shape is null && declared is null)
                throw new InputException(source, $"graph.input '{v.Name}'", "states no shape; give --shape, for example --shape 1,3,224,224");
            if (shape is not null && declared is not null
                && (declared.Count != shape.Count || declared.Zip(shape).Any(d => d.First >= 0 && d.First != d.Second)))
                throw new InputException(source, "--shape", $"is {string.Join(',', shape)}, but input '{v.Name}' is "
                    + $"[{string.Join(", ", declared.Select(d => d < 0 ? "?" : d.ToString(CultureInfo.InvariantCulture)))}]");
            return new TensorInfo((DataType)tensor.ElemType, shape ?? [.. declared!.Select((d, i) => d >= 0 ? d : i == 0 ? 1 : size)]);
        });
    }
}
