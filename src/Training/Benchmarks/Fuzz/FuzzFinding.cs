namespace RlOffload.Training.Benchmarks.Fuzz;

/// <summary>A defect that an input brought to light.</summary>
/// <param name="Index">Number of the input: 'rloffload bench fuzz --target T --seed S --only I' reads it again.</param>
/// <param name="Kind">"exception", "memory", "death" or "hang".</param>
/// <param name="What">Type and message of the exception, or how the process ended.</param>
/// <param name="Where">Innermost methods of this project that it passed; findings of the same kind at the same place are one defect.</param>
/// <param name="File">Where the input is kept; null where it is not, because others of the same defect are.</param>
public sealed record FuzzFinding(string Target, long Index, string Kind, string What, string Where, string? File = null)
{
    public string Signature => $"{Target}: {Kind}: {(Kind == "exception" ? What.Split(':')[0] : "")} {Where}";

    /// <summary>Of an exception that only tells of another one, that one's place.</summary>
    internal static FuzzFinding Of(string target, long index, Exception e) => new(target, index, "exception",
        $"{e.GetType().Name}: {e.Message}{(e.InnerException is { } inner ? $": {inner.GetType().Name}: {inner.Message}" : "")}", Place(e.InnerException ?? e));

    private static string Place(Exception e)
    {
        var frames = (e.StackTrace ?? "").Split('\n').Select(l => l.Trim()).Where(l => l.StartsWith("at ", StringComparison.Ordinal)).Select(l => l[3..].Split(" in ")[0].Split('(')[0]).ToList();
        var own = frames.Where(f => f.StartsWith("RlOffload.", StringComparison.Ordinal) && !f.StartsWith(typeof(FuzzFinding).Namespace + ".Fuzz", StringComparison.Ordinal)).Take(3).ToList();
        return string.Join(" < ", own.Count > 0 ? own : frames.Take(3));
    }
}
