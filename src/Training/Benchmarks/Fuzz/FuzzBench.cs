using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using RlOffload.Environment;

namespace RlOffload.Training.Benchmarks.Fuzz;

/// <param name="Inputs">Over all targets together.</param>
/// <param name="Targets">Names of <see cref="FuzzTargets"/>; empty: all of them.</param>
/// <param name="Only">Read this one input of the one target; null: all inputs from 0 on.</param>
/// <param name="Findings">Folder that inputs which brought a defect to light are kept in; made when there is one.</param>
/// <param name="Repository">Folder whose configs are taken as valid inputs beside the generated ones; null: none.</param>
/// <param name="Command">How this command is started: program and first arguments.</param>
/// <param name="Workers">Processes side by side.</param>
public sealed record FuzzOptions(
    long Inputs, ulong Seed, IReadOnlyList<string> Targets, long? Only, string Findings, string? Repository, IReadOnlyList<string> Command, FuzzLimits Limits, int Workers = 2);

/// <summary>
/// Gives every reader of files and messages inputs that were valid and then changed, in processes of their own, and counts what ends in anything but acceptance or
/// a clear refusal. The same seed makes the same inputs.
/// </summary>
public sealed class FuzzBench(FuzzOptions options)
{
    /// <summary>A target that ends its process this often is left: starting it again and again tells nothing new.</summary>
    private const int MostRestarts = 60;

    /// <summary>Inputs of one defect that are kept.</summary>
    private const int Kept = 2;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FuzzTally> _tallies = [];
    private readonly Dictionary<string, (FuzzFinding First, long Count)> _defects = [];
    private readonly Dictionary<string, (long Hangs, long Restarts)> _ends = [];
    private readonly List<(FuzzFinding Finding, string File)> _kept = [];
    private long _done, _peak;

    /// <param name="progress">Told of inputs that were read so far, from other threads.</param>
    /// <exception cref="InputException">A target is none.</exception>
    public async Task<FuzzReport> Run(Action<long> progress, CancellationToken cancel)
    {
        var targets = FuzzTargets.Named(options.Targets);
        if (options.Only is not null && targets.Count != 1)
            throw new InputException("bench fuzz", "--only", $"names input {options.Only} of {targets.Count} targets, allowed is one: --target NAME");
        var begun = Stopwatch.GetTimestamp();
        var root = Directory.CreateTempSubdirectory("rloffload-fuzz-").FullName;
        try
        {
            var jobs = new ConcurrentQueue<FuzzJob>(Jobs(targets));
            foreach (var target in targets)
                (_tallies[target.Name], _ends[target.Name]) = (default, default);
            await Task.WhenAll(Enumerable.Range(0, Math.Max(1, Math.Min(options.Workers, jobs.Count))).Select(w =>
                Task.Run(() => Work(Path.Combine(root, w.ToString(CultureInfo.InvariantCulture)), jobs, progress, cancel), cancel))).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
        return Report(targets, Stopwatch.GetElapsedTime(begun).TotalSeconds);
    }

    /// <summary>Each target's share, in pieces that keep all workers busy to the end; those that take longest come first.</summary>
    private IEnumerable<FuzzJob> Jobs(IReadOnlyList<FuzzTargetKind> targets)
    {
        if (options.Only is { } only)
            return [new FuzzJob(targets[0].Name, options.Seed, only, only + 1, options.Limits)];
        var shares = targets.Sum(t => t.Share);
        var counts = targets.ToDictionary(t => t.Name, t => (long)(options.Inputs * t.Share / shares));
        // What rounding left over goes to the cheapest.
        counts[targets.MaxBy(t => t.Share)!.Name] += options.Inputs - counts.Values.Sum();
        return targets.OrderBy(t => t.Share).SelectMany(t =>
        {
            var piece = Math.Max(100, counts[t.Name] / (4 * options.Workers) + 1);
            return Enumerable.Range(0, (int)((counts[t.Name] + piece - 1) / piece)).Select(i =>
                new FuzzJob(t.Name, options.Seed, i * piece, Math.Min(counts[t.Name], (i + 1) * piece), options.Limits));
        });
    }

    private async Task Work(string folder, ConcurrentQueue<FuzzJob> jobs, Action<long> progress, CancellationToken cancel)
    {
        FuzzProcess? process = null;
        try
        {
            while (jobs.TryDequeue(out var job))
                for (FuzzJob? left = job; left is not null && _ends[job.Target].Restarts < MostRestarts;)
                {
                    process ??= new FuzzProcess(options.Command, folder, options.Repository);
                    var ended = await process.Run(left, Note, () => progress(Interlocked.Read(ref _done) + process.Record.Tally.Inputs), cancel).ConfigureAwait(false);
                    var tally = process.Record.Tally;
                    Take(left.Target, tally with { Inputs = tally.Inputs + (ended is null ? 0 : 1) }, ended, process.PeakBytes);
                    left = ended is null || ended.Index + 1 >= left.To ? null : left with { From = ended.Index + 1 };
                    if (ended is null)
                        continue;
                    process.Dispose();
                    process = null;
                }
            List<(FuzzFinding Finding, string File)> keep;
            lock (_lock)
            {
                keep = [.. _kept];
                _kept.Clear();
            }
            foreach (var (finding, file) in keep)
            {
                process ??= new FuzzProcess(options.Command, folder, options.Repository);
                await process.Run(new FuzzJob(finding.Target, options.Seed, finding.Index, finding.Index + 1, options.Limits, file), Note, () => { }, cancel).ConfigureAwait(false);
            }
        }
        finally
        {
            process?.Dispose();
        }
    }

    private void Take(string target, FuzzTally tally, FuzzFinding? ended, long peak)
    {
        lock (_lock)
        {
            _tallies[target] += tally;
            _done += tally.Inputs;
            _peak = Math.Max(_peak, peak);
            if (ended is not null)
                _ends[target] = (_ends[target].Hangs + (ended.Kind == "hang" ? 1 : 0), _ends[target].Restarts + 1);
        }
        if (ended is not null)
            Note(ended);
    }

    private void Note(FuzzFinding finding)
    {
        lock (_lock)
        {
            var count = _defects.TryGetValue(finding.Signature, out var known) ? known.Count + 1 : 1;
            if (count <= Kept)
            {
                Directory.CreateDirectory(options.Findings);
                var file = Path.Combine(options.Findings, string.Create(CultureInfo.InvariantCulture, $"{finding.Target}-{options.Seed}-{finding.Index}.bin"));
                File.WriteAllText(Path.ChangeExtension(file, ".txt"), $"{finding.Kind}: {finding.What}\n{finding.Where}\n");
                _kept.Add((finding, file));
                finding = finding with { File = file };
            }
            _defects[finding.Signature] = (known.First ?? finding, count);
        }
    }

    private FuzzReport Report(IReadOnlyList<FuzzTargetKind> targets, double seconds)
    {
        var reports = targets.Select(t =>
        {
            var (tally, ends) = (_tallies[t.Name], _ends[t.Name]);
            return new FuzzTargetReport(t.Name, tally.Inputs, tally.Accepted, tally.Refused, tally.Crashes + ends.Restarts - ends.Hangs, ends.Hangs,
                tally.Inputs == 0 ? 0 : Math.Round(tally.Seconds / tally.Inputs * 1e6, 1), Math.Round(tally.SlowestMs, 2), tally.Slowest, Math.Round(tally.MostAllocated / 1024.0, 1), ends.Restarts);
        }).ToList();
        return new FuzzReport(reports.Sum(t => t.Inputs), reports.Sum(t => t.Crashes), reports.Sum(t => t.Hangs), _defects.Count, options.Seed, reports.Sum(t => t.ChildRestarts),
            Math.Round(seconds, 1), Math.Round(_peak / 1048576.0, 1), options.Limits, reports, [.. _defects.Values.Select(d => new FuzzDefect(d.First, d.Count))]);
    }
}
