namespace RlOffload.Training.Benchmarks.Fuzz;

/// <summary>What a process is asked to read, a line of JSON each.</summary>
/// <param name="To">One past the last input.</param>
/// <param name="SaveTo">File that input <paramref name="From"/> is written to instead of being read; null: it is read.</param>
internal sealed record FuzzJob(string Target, ulong Seed, long From, long To, FuzzLimits Limits, string? SaveTo = null);

/// <summary>What it answers, a line each: findings while it reads, then one without.</summary>
/// <param name="Problem">Why the job could not be done at all, such as a target that cannot be opened.</param>
internal sealed record FuzzLine(FuzzFinding? Finding = null, string? Problem = null);
