namespace RlOffload.Training.Benchmarks.Fuzz;

/// <summary>What an input may take before it counts as a defect.</summary>
/// <param name="Seconds">An input that is not done by then hangs, and the process that reads it is ended.</param>
/// <param name="AllocatedBytes">Managed memory that one input may have allocated, however much of it was freed again; inputs are at most 256 KiB long.</param>
/// <param name="ResidentBytes">Of the whole process, native memory included; above it the process is ended.</param>
public sealed record FuzzLimits(double Seconds = 10, long AllocatedBytes = 256L << 20, long ResidentBytes = 1536L << 20);
