using RlOffload.Environment;

namespace RlOffload.Cli;

/// <summary>Files that a verb writes at its end.</summary>
internal static class OutputFiles
{
    /// <param name="files">Option and path; null: not wanted.</param>
    /// <exception cref="InputException">Files lie in folders that are not there: said before the work rather than after it.</exception>
    public static void RequireFolders(params (string Option, string? Path)[] files)
    {
        var problems = files.Where(f => f.Path is not null && !Directory.Exists(FolderOf(f.Path)))
            .Select(f => $"{f.Option}:{f.Path}: cannot be written because {FolderOf(f.Path!)} is not there, allowed is a file in a folder that is").ToList();
        if (problems.Count > 0)
            throw new InputException(problems);
    }

    private static string? FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path));
}
