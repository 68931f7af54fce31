using System.Numerics;
using System.Runtime.InteropServices;
using RlOffload.Environment;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Inference.Policies.BuiltIn;

/// <summary>
/// Makes steps of a policy's ONNX graph: of the operators that this project's agents are exported with, on float32 whose shapes are all known. What depends on constants alone is worked out here.
/// </summary>
internal sealed class GraphReader
{
    private const long MostNumbers = 1 << 24, MostSteps = 1 << 16;

    /// <summary>Multiplications of all products together: what depends on constants alone is worked out while the graph is read.</summary>
    private const long MostWork = 1 << 30;

    private readonly string _source;
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long[]> _integers = new(StringComparer.Ordinal);
    private readonly Dictionary<(float[] Data, int Columns), PackedWeights> _packed = [];
    private readonly List<Step> _steps = [];
    private long _numbers, _work;

    /// <param name="inputs">Sizes of the inputs, each [1, size].</param>
    /// <exception cref="InputException">The graph has other inputs, or holds what this cannot run.</exception>
    public GraphReader(OnnxModel model, string source, IReadOnlyDictionary<string, int> inputs, string output, int size)
    {
        _source = source;
        var graph = model.Proto.Graph;
        foreach (var tensor in graph.Initializer)
            Take(tensor);
        foreach (var input in graph.Input.Where(i => !_values.ContainsKey(i.Name) && !_integers.ContainsKey(i.Name)))
        {
            if (!inputs.TryGetValue(input.Name, out var wanted))
                throw Refuse($"input '{input.Name}'", $"is unknown, allowed are {string.Join(", ", inputs.Keys)}");
            if (TensorTypes.ShapeOf(input) is not [1 or -1, var columns] || (columns != wanted && columns != -1))
                throw Refuse($"input '{input.Name}'", $"is no float [1, {wanted}], allowed is that");
        }
        foreach (var (name, wanted) in inputs)
            if (graph.Input.All(i => i.Name != name))
                throw Refuse($"input '{name}'", $"is missing, float [1, {wanted}] is needed");
            else
                _values[name] = Value.New([1, wanted]);
        foreach (var node in Needed(graph, output))
            Take(node);
        if (!_values.TryGetValue(output, out var result) || result.Count != size)
            throw Refuse($"output '{output}'", $"is {(result is null ? "missing" : $"[{string.Join(", ", result.Shape)}]")}, allowed is float [1, {size}]");
        Output = result;
    }

    public IReadOnlyList<Step> Steps => _steps;

    public Value Output { get; }

    public Value Input(string name) => _values[name];

    private static List<NodeProto> Needed(GraphProto graph, string output)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal) { output };
        var nodes = new List<NodeProto>();
        foreach (var node in graph.Node.Reverse())
            if (node.Output.Any(needed.Contains))
            {
                nodes.Add(node);
                needed.UnionWith(node.Input);
            }
        nodes.Reverse();
        return nodes;
    }

    private void Take(TensorProto tensor)
    {
        var shape = Shape(tensor.Dims, tensor.Name);
        var count = shape.Aggregate(1, (a, b) => a * b);
        switch ((DataType)tensor.DataType)
        {
            case DataType.Float when tensor.RawData.Length == 4 * count:
                _values[tensor.Name] = Value.Constant(shape, MemoryMarshal.Cast<byte, float>(tensor.RawData.Span));
                break;
            case DataType.Float when tensor.FloatData.Count == count:
                _values[tensor.Name] = Value.Constant(shape, [.. tensor.FloatData]);
                break;
            case DataType.Int64 when tensor.RawData.Length == 8 * count:
                _integers[tensor.Name] = MemoryMarshal.Cast<byte, long>(tensor.RawData.Span).ToArray();
                break;
            case DataType.Int64 when tensor.Int64Data.Count == count:
                _integers[tensor.Name] = [.. tensor.Int64Data];
                break;
            default:
                throw Refuse($"initializer '{tensor.Name}'", $"is {(DataType)tensor.DataType} of other bytes than its shape says, or of a type that is not known here; allowed are float and int64");
        }
    }

    private void Take(NodeProto node)
    {
        if (_steps.Count >= MostSteps)
            throw Refuse("graph", $"has more than {MostSteps} nodes");
        Value X(int i) => i < node.Input.Count && _values.TryGetValue(node.Input[i], out var value) ? value
            : throw Bad(node, $"lacks its input {i} as float");
        long[] Integers(int i) => i < node.Input.Count && _integers.TryGetValue(node.Input[i], out var values) ? values
            : throw Bad(node, $"takes its input {i} from what is not known beforehand");
        long Int(string name, long otherwise) => node.Attribute.FirstOrDefault(a => a.Name == name)?.I ?? otherwise;
        float Float(string name, float otherwise) => node.Attribute.FirstOrDefault(a => a.Name == name) is { } a ? a.F : otherwise;
        if (Index(node, Int("to", 0)) is { } index)
        {
            _integers[node.Output[0]] = index;
            return;
        }
        var result = node.OpType switch
        {
            "Identity" => X(0),
            // Greater and Equal give 1 and 0 as float already.
            "Cast" when Int("to", 0) == (long)DataType.Float => X(0),
            "Reshape" => Reshaped(node, X(0), Integers(1)),
            "Add" => Pair<Add>(node, X(0), X(1)),
            "Sub" => Pair<Sub>(node, X(0), X(1)),
            "Mul" => Pair<Mul>(node, X(0), X(1)),
            "Div" => Pair<Div>(node, X(0), X(1)),
            "Min" when node.Input.Count == 2 => Pair<Min>(node, X(0), X(1)),
            "Max" when node.Input.Count == 2 => Pair<Max>(node, X(0), X(1)),
            "Greater" => Pair<Greater>(node, X(0), X(1)),
            "Equal" => Pair<Equal>(node, X(0), X(1)),
            "Clip" when node.Input.Count == 3 => Pair<Min>(node, Pair<Max>(node, X(0), X(1)), X(2)),
            "Exp" => Single<Exp>(X(0)),
            "Log" => Single<Log>(X(0)),
            "Sqrt" => Single<Sqrt>(X(0)),
            "Relu" => Single<Relu>(X(0)),
            "Tanh" => Single<Tanh>(X(0)),
            "MatMul" => Product(node, X(0), X(1)),
            "Gemm" when node.Input.Count is 2 or 3 && Float("alpha", 1) == 1 && Float("beta", 1) == 1 => Gemm(node, Int("transA", 0) == 1, Int("transB", 0) == 1, X),
            "LogSoftmax" when Int("axis", -1) is -1 or 1 && X(0).Shape.Length == 2 => Run(X(0).Shape, [X(0)], z => new LogSoftmaxStep(X(0), z)),
            "ReduceSum" => Reduced(node, X(0), Axes(node, Integers(1)), Int("keepdims", 1) == 1, largest: false),
            "ReduceMax" => Reduced(node, X(0), Axes(node, node.Attribute.FirstOrDefault(a => a.Name == "axes")?.Ints.ToArray() ?? []), Int("keepdims", 1) == 1, largest: true),
            "Transpose" when X(0).Shape.Length == 2 => Transposed(X(0)),
            "Gather" => Gathered(node, X(0), Integers(1), Int("axis", 0)),
            "Expand" => Expanded(node, X(0), Integers(1)),
            _ => throw Bad(node, $"is {node.OpType}{(node.Domain.Length > 0 ? $" of {node.Domain}" : "")} in a form that the built-in executor does not know"),
        };
        _values[node.Output[0]] = result;
    }

    /// <summary>Constants that become indices, and these in another shape; null where the node gives numbers.</summary>
    private long[]? Index(NodeProto node, long to) => node.OpType switch
    {
        "Cast" when to == (long)DataType.Int64 && node.Input.Count > 0 && _values.TryGetValue(node.Input[0], out var x) && x.IsConstant => [.. x.Data.Take(x.Count).Select(v => (long)v)],
        "Reshape" when node.Input.Count > 0 && _integers.TryGetValue(node.Input[0], out var index) => index,
        _ => null,
    };

    /// <summary>Adds a step; where all that it reads is constant it is run at once instead.</summary>
    private Value Run(int[] shape, Value[] reads, Func<Value, Step> make)
    {
        _numbers += shape.Aggregate(1L, (a, b) => a * b);
        if (_numbers > MostNumbers)
            throw Refuse("graph", $"needs more than {MostNumbers} numbers in memory");
        var z = Value.New(shape, reads.All(r => r.IsConstant));
        var step = make(z);
        if (z.IsConstant)
            step.Run();
        else
            _steps.Add(step);
        return z;
    }

    private Value Single<T>(Value x) where T : struct, ISingle => Run(x.Shape, [x], z => new SingleStep<T>(x, z));

    private Value Pair<T>(NodeProto node, Value x, Value y)
        where T : struct, IPair
    {
        var rank = Math.Max(x.Shape.Length, y.Shape.Length);
        int[] Full(Value v) => [.. Enumerable.Repeat(1, rank - v.Shape.Length), .. v.Shape];
        var (a, b) = (Full(x), Full(y));
        var same = a.SequenceEqual(b);
        if (!same && rank > 2 || a.Zip(b).Any(d => d.First != d.Second && d.First != 1 && d.Second != 1))
            throw Bad(node, $"has operands [{string.Join(", ", x.Shape)}] and [{string.Join(", ", y.Shape)}], allowed are equal ones and rows, columns and numbers that are repeated");
        return Run([.. a.Zip(b, Math.Max)], [x, y], z => new PairStep<T>(x, y, z));
    }

    private Value Product(NodeProto node, Value x, Value y)
    {
        if (x.Shape.Length != 2 || y.Shape.Length != 2 || x.Columns != y.Shape[0])
            throw Bad(node, $"multiplies [{string.Join(", ", x.Shape)}] by [{string.Join(", ", y.Shape)}], allowed are matrices that fit");
        if ((_work += (long)x.Count * y.Columns) > MostWork)
            throw Refuse("graph", $"takes more than {MostWork} multiplications");
        return Run([x.Shape[0], y.Columns], [x, y], z => new ProductStep(x, y, z, x.IsConstant ? null : Packed(y)));
    }

    /// <summary>Of weights, one copy for all the products that read them: a chain's steps share theirs. Null of what is worked out in each run.</summary>
    private PackedWeights? Packed(Value weights)
    {
        // Columns fewer than a vector would be packed with as much nothing.
        if (!weights.IsConstant || weights.Columns < Vector<float>.Count)
            return null;
        var key = (weights.Data, weights.Columns);
        return _packed.TryGetValue(key, out var packed) ? packed : _packed[key] = new(weights);
    }

    private Value Gemm(NodeProto node, bool transA, bool transB, Func<int, Value> input)
    {
        Value Operand(int i, bool transposed) => !transposed ? input(i) : input(i).Shape.Length == 2 ? Transposed(input(i)) : throw Bad(node, "transposes what is no matrix");
        var product = Product(node, Operand(0, transA), Operand(1, transB));
        return node.Input.Count == 3 ? Pair<Add>(node, product, input(2)) : product;
    }

    private Value Transposed(Value x)
    {
        var (rows, columns) = (x.Shape[0], x.Shape[1]);
        return Moved(x, [columns, rows], i => i % rows * columns + i / rows);
    }

    private Value Gathered(NodeProto node, Value x, long[] index, long axis)
    {
        if (x.Shape.Length != 2 || axis is not (0 or 1) || index.Any(i => i < 0 || i >= x.Shape[axis]))
            throw Bad(node, $"picks along {axis} of [{string.Join(", ", x.Shape)}], allowed are rows and columns of a matrix that has them");
        var columns = x.Columns;
        return axis == 0 ? Moved(x, [index.Length, columns], i => (int)index[i / columns] * columns + i % columns)
            : Moved(x, [x.Rows, index.Length], i => i / index.Length * columns + (int)index[i % index.Length]);
    }

    private Value Expanded(NodeProto node, Value x, long[] to)
    {
        var shape = Shape(to, node.Name);
        if (x.Shape.Length != 2 || shape.Length != 2 || x.Shape.Zip(shape).Any(d => d.First != d.Second && d.First != 1))
            throw Bad(node, $"repeats [{string.Join(", ", x.Shape)}] to [{string.Join(", ", to)}], allowed are a matrix's row and column");
        var (rows, columns) = (x.Shape[0], x.Shape[1]);
        return Moved(x, shape, i => (rows == 1 ? 0 : i / shape[1]) * columns + (columns == 1 ? 0 : i % shape[1]));
    }

    private Value Moved(Value x, int[] shape, Func<int, int> from)
    {
        if (shape.Aggregate(1L, (a, b) => a * b) is var count && count > MostNumbers)
            throw Refuse("graph", $"needs more than {MostNumbers} numbers in memory");
        return Run(shape, [x], z => new MoveStep(x, [.. Enumerable.Range(0, (int)count).Select(from)], z));
    }

    private Value Reshaped(NodeProto node, Value x, long[] to)
    {
        var known = to.Where(d => d > 0).Aggregate(1L, (a, b) => Math.Min(a * b, MostNumbers));
        var shape = Shape(to.Select((d, i) => d > 0 ? d : d == 0 && i < x.Shape.Length ? x.Shape[i] : d == -1 && x.Count % known == 0 ? x.Count / known : 0), node.Name);
        return shape.Aggregate(1L, (a, b) => a * b) == x.Count ? x with { Shape = shape }
            : throw Bad(node, $"gives [{string.Join(", ", x.Shape)}] the shape [{string.Join(", ", to)}], allowed is one of {x.Count} numbers");
    }

    private int Axes(NodeProto node, long[] axes) => axes is [>= 0 and < 8 and var axis] ? (int)axis : throw Bad(node, "reduces other than one axis, allowed is one");

    private Value Reduced(NodeProto node, Value x, int axis, bool keeps, bool largest)
    {
        if (axis >= x.Shape.Length)
            throw Bad(node, $"reduces axis {axis} of [{string.Join(", ", x.Shape)}]");
        static int Of(IEnumerable<int> sizes) => sizes.Aggregate(1, (a, b) => a * b);
        var (outer, middle, inner) = (Of(x.Shape.Take(axis)), x.Shape[axis], Of(x.Shape.Skip(axis + 1)));
        int[] shape = [.. x.Shape.Take(axis), .. keeps ? new[] { 1 } : [], .. x.Shape.Skip(axis + 1)];
        return Run(shape, [x], z => new ReduceStep(x, z, outer, middle, inner, largest));
    }

    private int[] Shape(IEnumerable<long> dims, string name)
    {
        var product = 1L;
        var shape = new List<int>();
        foreach (var size in dims)
        {
            product *= size is > 0 and <= MostNumbers ? size : throw Refuse($"'{name}'", $"has a dimension of {size}, allowed is 1 to {MostNumbers}");
            if (product > MostNumbers || shape.Count > 3)
                throw Refuse($"'{name}'", $"is larger than {MostNumbers} numbers or of more than 4 dimensions");
            shape.Add((int)size);
        }
        return [.. shape];
    }

    private InputException Bad(NodeProto node, string what) => Refuse($"node '{node.Name}'", $"{what}; allowed is what 'rloffload export' writes, else take --policy-engine ort");

    private InputException Refuse(string key, string what) => new(_source, key, what);
}
