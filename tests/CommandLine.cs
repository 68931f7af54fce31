using System.Diagnostics;

namespace RlOffload.Tests;

/// <summary>Runs the built command as a user would: another process, its exit code and what it printed.</summary>
internal static class CommandLine
{
    public static (int ExitCode, string Output, string Errors) Run(params string[] arguments) => Start(null, arguments);

    /// <summary>With <paramref name="data"/> in the place of the user's folder of cached results.</summary>
    public static (int ExitCode, string Output, string Errors) RunIn(string data, string[] arguments) => Start(data, arguments);

    private static (int ExitCode, string Output, string Errors) Start(string? data, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "rloffload.dll"));
        if (data is not null)
            start.Environment["XDG_DATA_HOME"] = data;
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
