using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace RlOffload.Tests;

/// <summary>Runs the built command as a user would: another process, its exit code and what it printed.</summary>
internal static class CommandLine
{
    public static (int ExitCode, string Output, string Errors) Run(params string[] arguments) => Start(null, arguments);

    /// <summary>With environment variables of its own.</summary>
    public static (int ExitCode, string Output, string Errors) RunWith(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var command = Command(null, arguments);
        foreach (var (name, value) in variables)
            command.Environment[name] = value;
        return Finish(command);
    }

    /// <summary>With <paramref name="data"/> in the place of the user's folder of cached results.</summary>
    public static (int ExitCode, string Output, string Errors) RunIn(string data, string[] arguments) => Start(data, arguments);

    /// <summary>The same, and Ctrl-C (SIGINT) once what it has printed and written is <paramref name="far"/> enough. Where there are no signals, never.</summary>
    public static (int ExitCode, string Output, string Errors) Interrupt(string data, string[] arguments, Func<string, bool> far) => Signal("-INT", data, arguments, far);

    /// <summary>The same with SIGKILL, which no process can answer.</summary>
    public static (int ExitCode, string Output, string Errors) Kill(string data, string[] arguments, Func<string, bool> far) => Signal("-KILL", data, arguments, far);

    private static (int ExitCode, string Output, string Errors) Signal(string signal, string data, string[] arguments, Func<string, bool> far)
    {
        using var process = Process.Start(Command(data, arguments)) ?? throw new InvalidOperationException("dotnet did not start");
        var (output, errors) = (new StringBuilder(), process.StandardError.ReadToEndAsync());
        process.OutputDataReceived += (_, line) =>
        {
            lock (output)
                output.AppendLine(line.Data);
        };
        process.BeginOutputReadLine();
        string Printed()
        {
            lock (output)
                return output.ToString();
        }
        while (!process.WaitForExit(TimeSpan.FromMilliseconds(5)))
            if (far(Printed()))
            {
                using var kill = Process.Start("kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
                break;
            }
        process.WaitForExit();
        return (process.ExitCode, Printed(), errors.Result);
    }

    private static (int ExitCode, string Output, string Errors) Start(string? data, string[] arguments) => Finish(Command(data, arguments));

    private static (int ExitCode, string Output, string Errors) Finish(ProcessStartInfo command)
    {
        using var process = Process.Start(command) ?? throw new InvalidOperationException("dotnet did not start");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    private static ProcessStartInfo Command(string? data, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "rloffload.dll"));
        if (data is not null)
            start.Environment["XDG_DATA_HOME"] = data;
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }
}
