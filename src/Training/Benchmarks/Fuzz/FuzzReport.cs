namespace RlOffload.Training.Benchmarks.Fuzz;

/// <summary>What came of a fuzz run.</summary>
/// <param name="Inputs">Read, those that brought defects to light included.</param>
/// <param name="Crashes">Inputs that ended in anything but acceptance or a declared refusal: another exception, too much memory, the end of the process.</param>
/// <param name="Hangs">Inputs that took longer than allowed.</param>
/// <param name="Defects">Different ones among the crashes and hangs.</param>
/// <param name="PeakResidentMb">Of the process that took most.</param>
/// <param name="Findings">The first of each defect, with the number of inputs that showed it.</param>
public sealed record FuzzReport(
    long Inputs, long Crashes, long Hangs, int Defects, ulong Seed, long ChildRestarts, double Seconds, double PeakResidentMb, FuzzLimits Limits,
    IReadOnlyList<FuzzTargetReport> Targets, IReadOnlyList<FuzzDefect> Findings);

/// <param name="Slowest">Number of the input that took <paramref name="SlowestMs"/>.</param>
/// <param name="MeanUs">Time of reading one input.</param>
/// <param name="MostAllocatedKb">Managed memory that one input allocated at most.</param>
public sealed record FuzzTargetReport(
    string Name, long Inputs, long Accepted, long Refused, long Crashes, long Hangs, double MeanUs, double SlowestMs, long Slowest, double MostAllocatedKb, long ChildRestarts);

/// <param name="Count">Inputs that showed it.</param>
public sealed record FuzzDefect(FuzzFinding First, long Count);
