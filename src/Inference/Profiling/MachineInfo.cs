using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using RlOffload.Environment.Profiles;

namespace RlOffload.Inference.Profiling;

/// <summary>The machine that this runs on.</summary>
public static class MachineInfo
{
    /// <summary>Loads ONNX Runtime to ask for its version.</summary>
    public static MeasuringMachine Read(int repeats, TimeProvider clock) => new(
        Cpu(), RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, OrtEnv.Instance().GetVersionString(),
        Threads: 1, Optimisation: "all", repeats, clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    private static string Cpu()
    {
        const string table = "/proc/cpuinfo";
        var line = File.Exists(table) ? File.ReadLines(table).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
