using Microsoft.ML.OnnxRuntime;
using RlOffload.Environment;

namespace RlOffload.Inference.Partitions;

/// <summary>A sub-model with the tensors that it reads and writes. Not safe for several threads at once.</summary>
public sealed class BoundRun : IDisposable
{
    private readonly SubModel _model;
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();

    internal BoundRun(SubModel model, InferenceSession session, OrtIoBinding binding) => (_model, _session, _binding) = (model, session, binding);

    /// <exception cref="InputException">ONNX Runtime fails.</exception>
    public void Run()
    {
        try
        {
            _session.RunWithBinding(_options, _binding);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InputException(_model.Name, "graph", $"ONNX Runtime cannot run it ({e.Message})");
        }
    }

    public void Dispose()
    {
        _binding.Dispose();
        _options.Dispose();
    }
}
