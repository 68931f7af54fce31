using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RlOffload.Training.Benchmarks.Fuzz;

/// <summary>A <see cref="FuzzChild"/> as seen from outside: given jobs, watched, ended where it hangs or takes too much memory.</summary>
internal sealed class FuzzProcess : IDisposable
{
    private const int WatchMs = 20;

    /// <summary>What the runtime says when it ends a process; a stack overflow says the same frame many times.</summary>
    private const int MostErrors = 20_000;

    /// <summary>Managed memory of the process: a reader that asks for more gets an OutOfMemoryException, which is a finding, and the machine is left in peace.</summary>
    private const long HeapBytes = 1L << 30;

    private readonly Process _process;
    private readonly Task _errorsRead;
    private readonly StringBuilder _errors = new();
    private Task<string?>? _line;

    /// <param name="command">Program and first arguments of this command.</param>
    public FuzzProcess(IReadOnlyList<string> command, string folder, string? repository)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (IEnumerable<string>)[.. command.Skip(1), "bench", "fuzz", "--child", folder, .. repository is null ? [] : (string[])["--repository", repository]])
            start.ArgumentList.Add(argument);
        start.Environment["DOTNET_GCHeapHardLimit"] = HeapBytes.ToString("X", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        Directory.CreateDirectory(folder);
        Record = new FuzzRecord(Path.Combine(folder, FuzzChild.Record));
        Record.Clear();
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start");
        _errorsRead = ReadErrors();
    }

    public FuzzRecord Record { get; }

    /// <summary>Resident memory at its largest, bytes.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Does one job, or as much of it as the process outlives.</summary>
    /// <param name="watched">Called every few ms meanwhile.</param>
    /// <returns>Null where the job was done; else how the process ended, at the input that <see cref="Record"/> names.</returns>
    /// <exception cref="InvalidOperationException">The job cannot be done at all.</exception>
    public async Task<FuzzFinding?> Run(FuzzJob job, Action<FuzzFinding> found, Action watched, CancellationToken cancel)
    {
        Record.Clear();
        try
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(job).AsMemory(), cancel).ConfigureAwait(false);
            await _process.StandardInput.FlushAsync(cancel).ConfigureAwait(false);
        }
        catch (IOException)
        {
            return await Ended(job).ConfigureAwait(false);
        }
        while (true)
        {
            _line ??= _process.StandardOutput.ReadLineAsync(cancel).AsTask();
            await Task.WhenAny(_line, Task.Delay(WatchMs, cancel)).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            watched();
            if (Look(job) is { } stopped)
                return stopped;
            if (!_line.IsCompleted)
                continue;
            var text = await _line.ConfigureAwait(false);
            _line = null;
            if (text is null)
                return await Ended(job).ConfigureAwait(false);
            var line = JsonSerializer.Deserialize<FuzzLine>(text)!;
            if (line.Problem is { } problem)
                throw new InvalidOperationException($"target {job.Target}: {problem}");
            if (line.Finding is null)
                return null;
            found(line.Finding);
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
        Record.Dispose();
    }

    /// <summary>Ends a process that hangs or takes too much.</summary>
    private FuzzFinding? Look(FuzzJob job)
    {
        long resident;
        try
        {
            _process.Refresh();
            resident = _process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return null; // it has ended by itself, which its output tells next
        }
        PeakBytes = Math.Max(PeakBytes, resident);
        if (Record.Running > job.Limits.Seconds)
        {
            Kill();
            return new FuzzFinding(job.Target, Record.Index, "hang", string.Create(CultureInfo.InvariantCulture, $"was not done after {job.Limits.Seconds} s"), "");
        }
        if (resident <= job.Limits.ResidentBytes)
            return null;
        Kill();
        return new FuzzFinding(job.Target, Record.Index, "memory", $"the process took {resident} bytes, allowed are {job.Limits.ResidentBytes}", "");
    }

    private async Task<FuzzFinding> Ended(FuzzJob job)
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        await _errorsRead.ConfigureAwait(false);
        var errors = _errors.ToString();
        if (Record.Tally.Inputs == 0 && Record.Running == 0)
            throw new InvalidOperationException($"the process for target {job.Target} ended with exit code {_process.ExitCode} before it read anything: {errors}");
        var lines = errors.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0).ToList();
        var where = lines.Where(l => l.StartsWith("at RlOffload.", StringComparison.Ordinal)).Select(l => l[3..].Split('(')[0]).Distinct().Take(3);
        return new FuzzFinding(job.Target, Record.Index, "death", $"exit code {_process.ExitCode}: {string.Join(" | ", lines.Take(3))}", string.Join(" < ", where));
    }

    private async Task ReadErrors()
    {
        var buffer = new char[4096];
        while (await _process.StandardError.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var read)
            if (_errors.Length < MostErrors)
                _errors.Append(buffer, 0, read);
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
            _process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }
}
