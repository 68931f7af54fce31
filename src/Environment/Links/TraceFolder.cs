namespace RlOffload.Environment.Links;

/// <summary>Reads all traces below a folder, in ordinal order of their paths.</summary>
public static class TraceFolder
{
    private const int MostProblems = 40;

    /// <summary>
    /// The files below <paramref name="path"/> (the file itself, if it is one) that may be traces: all but those called README* or LICENSE*
    /// in any case, and hidden ones. Names are relative to <paramref name="path"/>, with '/'.
    /// </summary>
    /// <exception cref="InputException">There is no such file or folder, or no file in it.</exception>
    public static IReadOnlyList<(string Path, string Name)> Files(string path)
    {
        if (File.Exists(path))
            return [(path, Path.GetFileName(path))];
        if (!Directory.Exists(path))
            throw new InputException(path, "file", "is not there, allowed is a file or a folder of traces");
        try
        {
            var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Select(f => (Path: f, Name: Path.GetRelativePath(path, f).Replace(Path.DirectorySeparatorChar, '/')))
                .Where(f => !IsIgnored(f.Name))
                .OrderBy(f => f.Name, StringComparer.Ordinal)
                .ToList();
            return files.Count > 0 ? files : throw new InputException(path, "folder", "holds no trace (README*, LICENSE* and hidden files are ignored), allowed is at least one");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "folder", $"cannot be read ({e.Message})");
        }
    }

    /// <exception cref="InputException">Any of the files is no trace; the problems of all files at once.</exception>
    public static IReadOnlyList<TraceReading> Read(string path, TraceReadOptions? options = null) => Read([path], options);

    /// <param name="paths">Files and folders; traces keep the order of this list.</param>
    /// <param name="options">What is told; null finds everything by content.</param>
    /// <param name="progress">Told after each file how many of how many are read; null if nobody asks.</param>
    /// <exception cref="InputException">Any of the files is no trace; the problems of all files at once.</exception>
    public static IReadOnlyList<TraceReading> Read(IEnumerable<string> paths, TraceReadOptions? options = null, Action<int, int>? progress = null)
    {
        var files = paths.SelectMany(Files).ToList();
        var readings = new List<TraceReading>();
        var problems = new List<string>();
        for (var i = 0; i < files.Count; i++)
        {
            try
            {
                readings.Add(TraceFile.Read(files[i].Path, options, files[i].Name));
            }
            catch (InputException e)
            {
                problems.AddRange(e.Problems);
            }
            progress?.Invoke(i + 1, files.Count);
        }
        if (problems.Count > MostProblems)
            problems = [.. problems.Take(MostProblems), $"... and {problems.Count - MostProblems} more problems"];
        return problems.Count == 0 ? readings : throw new InputException(problems);
    }

    private static bool IsIgnored(string name)
    {
        var parts = name.Split('/');
        return parts.Any(p => p.StartsWith('.'))
            || parts[^1].StartsWith("README", StringComparison.OrdinalIgnoreCase)
            || parts[^1].StartsWith("LICENSE", StringComparison.OrdinalIgnoreCase);
    }
}
