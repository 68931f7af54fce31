namespace RlOffload.Tests;

/// <summary>An empty folder for one test, removed with all it holds.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("rloffload-test-").FullName;

    public string At(string relative) => Path.Combine(Root, relative);

    /// <summary>Writes a file, making its folders, and returns its path.</summary>
    public string Write(string relative, string text)
    {
        var path = At(relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Puts a copy in a file's place at once: .NET copies onto no file that another process has just opened to look at it.</summary>
    public static void Replace(string from, string file)
    {
        File.Copy(from, file + ".new");
        File.Move(file + ".new", file, overwrite: true);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
