using Microsoft.ML.OnnxRuntime;
using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine;

/// <summary>
/// The second engine: the graph in ONNX Runtime, on one thread. Slower than the built-in one (0.70 to 0.75 times its speed); it is there to check it, because
/// nothing of it but the graph is ours.
/// </summary>
public sealed class OnnxEngine : IEngine
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly OrtIoBinding _binding;
    private readonly List<OrtValue> _values = [];
    private readonly List<(Matrix From, float[] To)> _inputs = [];
    private readonly List<(float[] From, Matrix To)> _updates = [];
    private readonly Dictionary<Tensor, (float[] From, Matrix To)> _outputs = [];

    public OnnxEngine(Graph graph)
    {
        var model = OnnxLowering.Of(graph, "update", frozen: false);
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        _session = new InferenceSession(model.ToBytes(), options);
        _binding = _session.CreateIoBinding();
        var named = graph.Nodes.Where(n => n.Storage is not null).ToDictionary(n => n.Name!);
        foreach (var input in model.Proto.Graph.Input)
            _inputs.Add((named[input.Name].Storage!.Value, Bind(named[input.Name], value => _binding.BindInput(input.Name, value))));
        foreach (var (parameter, _) in graph.Updates)
            _updates.Add((Bind(parameter, value => _binding.BindOutput(OnnxLowering.NextOf(parameter), value)), parameter.Storage!.Value));
        foreach (var output in graph.Outputs)
            _outputs.Add(output, (Bind(output, value => _binding.BindOutput(output.Name!, value)), Matrix.Zeros(output.Rows, output.Columns)));
    }

    public void Run()
    {
        foreach (var (from, to) in _inputs)
            for (var r = 0; r < from.Rows; r++)
                from.Row(r).CopyTo(to.AsSpan(r * from.Columns));
        _session.RunWithBinding(_run, _binding);
        foreach (var (from, to) in _updates)
            Spread(from, to);
        foreach (var (from, to) in _outputs.Values)
            Spread(from, to);
    }

    public Matrix Read(Tensor output) => _outputs[output].To;

    public void Dispose()
    {
        _binding.Dispose();
        _values.ForEach(value => value.Dispose());
        _run.Dispose();
        _session.Dispose();
    }

    private static void Spread(float[] from, Matrix to)
    {
        for (var r = 0; r < to.Rows; r++)
            from.AsSpan(r * to.Columns, to.Columns).CopyTo(to.Row(r));
    }

    private float[] Bind(Tensor tensor, Action<OrtValue> bind)
    {
        var memory = new float[tensor.Rows * tensor.Columns];
        var value = OrtValue.CreateTensorValueFromMemory(memory, [tensor.Rows, tensor.Columns]);
        _values.Add(value);
        bind(value);
        return memory;
    }
}
