using System.Diagnostics;
using System.Globalization;

namespace RlOffload.Training.Benchmarks.Serving;

/// <summary>'rloffload serve' as a process of its own, ended with this.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    public ServerProcess(Func<IReadOnlyList<string>, ProcessStartInfo> command, string model, LoadTransport transport, ServeBenchOptions options, double limit)
    {
        var start = command([
            "serve", model, "--port", "0", "--transport", transport == LoadTransport.Frames ? "frames" : "http", "--rate", limit.ToString("R", CultureInfo.InvariantCulture),
            "--batch", options.Batch.ToString(CultureInfo.InvariantCulture), "--workers", options.Workers.ToString(CultureInfo.InvariantCulture)]);
        start.RedirectStandardOutput = true;
        _process = Process.Start(start) ?? throw new IOException("the server's process did not start");
        Address = Listening() ?? throw new IOException("the server ended before it listened");
        _ = _process.StandardOutput.ReadToEndAsync();
    }

    public Uri Address { get; }

    public void Dispose()
    {
        using (var stop = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
            stop.WaitForExit();
        if (!_process.WaitForExit(Patience))
            _process.Kill();
        _process.Dispose();
    }

    private Uri? Listening()
    {
        const string Listens = "listening on ";
        while (_process.StandardOutput.ReadLine() is { } line)
            if (line.StartsWith(Listens, StringComparison.Ordinal))
                return new Uri(line[Listens.Length..]);
        return null;
    }
}
