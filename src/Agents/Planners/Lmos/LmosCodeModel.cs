namespace RlOffload.Agents.Planners;

/// <summary>
/// The cost model of the LMOS authors' code (github.com/rv355/cnn_splitting_optimization, July 2021), with its shipped settings as defaults. The network is
/// synthetic: layer d has d input and d + 1 output maps; compute time is taken to grow with weight memory.
/// </summary>
/// <param name="Layers">L.</param>
/// <param name="MemoryMb">M; a tenth of it is the cap.</param>
/// <param name="Bandwidth">B, in the code's own unit (Mbit/s in the settings, divides megabytes).</param>
public sealed record LmosCodeModel(
    int Layers = 44, int KernelWidth = 10, int KernelHeight = 10, double MemoryMb = 16, double EdgeCores = 2, double EdgeMhz = 1500,
    double ServerCores = 8, double ServerMhz = 1500, double Bandwidth = 10)
{
    /// <summary>X_edge|x1 below this, in MB.</summary>
    public double CapMb => 0.1 * MemoryMb;

    /// <summary>X|n, MB: 32-bit weights of n layers. The sum over layers, (n - i)(n - i + 1) for i = 1..n-1, in closed form.</summary>
    public double Memory(int n) => 4e-6 * KernelWidth * KernelHeight * (n + (n - 1.0) * n * (n + 1) / 3);

    /// <summary>f1(x1, L - x1) at bandwidth <paramref name="bandwidth"/>.</summary>
    public double Latency(int x1, double bandwidth) =>
        Memory(x1) / (EdgeCores * EdgeMhz)                      // X_edge|x1 / (C_edge S_edge)
        + x1 * Memory(1) / bandwidth                            // U_edge|x1 / B
        + Memory(Layers - x1) / (ServerCores * ServerMhz);      // X_server|x2 / (C_server S_server)

    /// <summary>x1 in 1..L-1 that LMOS chooses at <see cref="Bandwidth"/>; 0 where nothing is under the cap.</summary>
    public int Choose()
    {
        var (latency, memory) = Splits();
        return new EpsilonConstraint(latency.Length).Choose(latency, memory, CapMb) + 1;
    }

    /// <summary>x1 of least latency without the cap ("loa"); with it, the code's plain "optimize".</summary>
    public int Fastest(bool capped = false)
    {
        var (latency, memory) = Splits();
        return Enumerable.Range(0, latency.Length).Where(i => !capped || memory[i] < CapMb).MinBy(i => latency[i]) + 1;
    }

    private (double[] Latency, double[] Memory) Splits()
    {
        var x = Enumerable.Range(1, Layers - 1).ToArray();
        return ([.. x.Select(x1 => Latency(x1, Bandwidth))], [.. x.Select(Memory)]);
    }
}
