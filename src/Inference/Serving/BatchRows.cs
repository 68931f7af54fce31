using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RlOffload.Inference.Partitions;

namespace RlOffload.Inference.Serving;

/// <summary>The memory of a <see cref="BatchedTail"/> for up to so many requests, bound to the tail once for each number of them. For one thread.</summary>
internal sealed unsafe class BatchRows : IDisposable
{
    private readonly BatchedTail _tail;
    private readonly Dictionary<string, TensorMemory> _tensors;
    private readonly BoundRun?[] _runs;
    private readonly List<OrtValue> _views = [];
    private readonly int[] _places;

    public BatchRows(BatchedTail tail, int most)
    {
        _tail = tail;
        _places = [.. tail.Inputs.Select(n => tail.CutNames.IndexOf(n))];
        _tensors = tail.Rows.ToDictionary(r => r.Key, r => new TensorMemory(new TensorInfo(r.Value.Type, [most, .. r.Value.Shape.Skip(1)])));
        _runs = new BoundRun?[most + 1];
    }

    /// <summary>Copies the cut's tensors of a request to a row.</summary>
    public void Put(int row, TensorStore store)
    {
        var tensors = store.Cut(_tail.Cut);
        for (var i = 0; i < _tail.Inputs.Count; i++)
            tensors[_places[i]].Bytes.CopyTo(Row(_tail.Inputs[i], row));
    }

    /// <summary>Computes the first so many rows.</summary>
    public void Run(int rows) => (_runs[rows] ??= _tail.Bind(name => View(name, rows))).Run();

    public Span<byte> Row(string tensor, int row)
    {
        var bytes = (int)_tail.Rows[tensor].Bytes;
        return _tensors[tensor].Bytes.Slice(row * bytes, bytes);
    }

    public void Dispose()
    {
        foreach (var run in _runs)
            run?.Dispose();
        foreach (var view in _views)
            view.Dispose();
        foreach (var tensor in _tensors.Values)
            tensor.Dispose();
    }

    private OrtValue View(string tensor, int rows)
    {
        var info = _tail.Rows[tensor];
        fixed (byte* memory = _tensors[tensor].Bytes)
        {
            // The memory is native: it stays where it is after this block.
            var view = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, (TensorElementType)info.Type, [rows, .. info.Shape.Skip(1)], (nint)memory, rows * info.Bytes);
            _views.Add(view);
            return view;
        }
    }
}
