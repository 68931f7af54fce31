namespace RlOffload.Tests;

/// <summary>The measured data beside the repository; tests that need it skip, saying so, where it is absent.</summary>
internal static class SharedData
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "data"));

    public static string At(string relative) => Path.Combine(Root, relative);
}

internal static class Repository
{
    /// <summary>The folder of RlOffload.sln.</summary>
    public static string Root { get; } = Find();

    public static string At(string relative) => Path.Combine(Root, relative);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RlOffload.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("the tests run outside the repository");
    }
}

/// <summary>A fact that needs a file or folder of the shared data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute(string relative)
    {
        if (!Path.Exists(SharedData.At(relative)))
            Skip = $"needs ../shared/data/{relative}, which is not here";
    }
}
