namespace RlOffload.Environment;

/// <summary>
/// Something the user named is wrong: a config, trace, profile, model or policy file, an option, a peer.
/// Each problem reads "file:key: what is wrong, what is allowed"; the command prints all of them and exits with code 2.
/// </summary>
public sealed class InputException : Exception
{
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Nothing is wrong but that measured data is not on this machine: several experiments together leave this one out and go on.</summary>
    public bool DataMissing { get; init; }

    public InputException(string file, string key, string problem)
        : this([$"{file}:{key}: {problem}"]) { }

    public InputException(IReadOnlyList<string> problems)
        : base(string.Join('\n', problems)) => Problems = problems;
}
