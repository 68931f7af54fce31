using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine;

/// <summary>Runs one <see cref="Graph"/>: the built-in <see cref="Executor"/>, ONNX Runtime or TorchSharp.</summary>
public interface IEngine : IDisposable
{
    /// <summary>Reads the inputs' and parameters' storage, computes every output, and leaves every updated parameter in its storage.</summary>
    void Run();

    /// <summary>An output of the last run; valid until the next one.</summary>
    Matrix Read(Tensor output);
}
