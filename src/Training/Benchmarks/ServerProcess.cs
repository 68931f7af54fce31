using System.Diagnostics;
using RlOffload.Environment;

namespace RlOffload.Training.Benchmarks;

/// <summary>'rloffload serve' as a process of its own, which can be killed as a crash would end it.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="command">Program and first arguments of this command.</param>
    /// <param name="arguments">Of serve, but the port.</param>
    /// <exception cref="InputException">It ended instead.</exception>
    public static async Task<ServerProcess> Start(IReadOnlyList<string> command, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (IEnumerable<string>)[.. command.Skip(1), "serve", .. arguments, "--port", "0"])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new InputException("bench", "serve", $"{command[0]} did not start");
        try
        {
            _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
            while (await process.StandardOutput.ReadLineAsync(cancel).ConfigureAwait(false) is { } line)
                if (line.StartsWith("listening on ", StringComparison.Ordinal))
                {
                    _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                    return new ServerProcess(process, new Uri(line["listening on ".Length..]));
                }
            throw new InputException("bench", "serve", $"'{string.Join(' ', command)} serve' ended before it listened, allowed is a command that serves");
        }
        catch
        {
            End(process);
            throw;
        }
    }

    /// <summary>SIGKILL: no connection is closed, nothing is said.</summary>
    public void Kill() => End(_process);

    public void Dispose() => End(_process);

    private static void End(Process process)
    {
        try
        {
            process.Kill();
            process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It has ended, or was disposed of.
        }
        process.Dispose();
    }
}
