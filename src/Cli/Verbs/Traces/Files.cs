using RlOffload.Environment;

namespace RlOffload.Cli.Verbs.Traces;

internal static class Files
{
    /// <summary>Writes beside the target and moves into place, so that an interrupted write leaves the old file whole.</summary>
    /// <exception cref="InputException">It cannot be written.</exception>
    public static void Replace(string path, string text)
    {
        var partial = path + ".partial";
        try
        {
            File.WriteAllText(partial, text);
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "file", $"cannot be written ({e.Message})");
        }
    }
}
