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

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
