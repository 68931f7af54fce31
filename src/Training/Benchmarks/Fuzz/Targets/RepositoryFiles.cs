namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Files of the repository that serve as valid inputs.</summary>
internal static class RepositoryFiles
{
    /// <summary>Longer ones would take most of the run's time for little.</summary>
    private const int MostBytes = 16 << 10;

    /// <summary>In ordinal order; none where there is no repository or no such folder in it.</summary>
    public static IReadOnlyList<string> Of(string? repository, string folder, string pattern) =>
        repository is not null && Path.Combine(repository, folder) is var path && Directory.Exists(path)
            ? [.. Directory.GetFiles(path, pattern, SearchOption.AllDirectories).Where(f => new FileInfo(f).Length <= MostBytes).Order(StringComparer.Ordinal)] : [];
}
