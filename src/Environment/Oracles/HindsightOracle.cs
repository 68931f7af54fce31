using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace RlOffload.Environment.Oracles;

/// <param name="Reward">Of the whole window.</param>
/// <param name="By">What found it: "beam", or the reference policy whose course it is or stems from.</param>
/// <param name="Course">The plan of each request, by index, separated by blanks.</param>
/// <param name="Costs">Of the whole window.</param>
public readonly record struct WindowOptimum(int Window, double Reward, string By, string Course, Costs Costs = default)
{
    /// <summary>The plan of each request, by index.</summary>
    public int[] Plans() => [.. Course.Split(' ').Select(p => int.Parse(p, CultureInfo.InvariantCulture))];
}

/// <summary>
/// The best that is known of each window to one who sees all of it: the best of a beam search of stated width and of the courses that reference
/// policies played, improved further. It is at least as good as every reference policy in every window.
/// Results are kept on disk by the caller's key and the width; a damaged cache is made anew.
/// </summary>
/// <param name="environment">A fresh environment, in which the roster plays; each thread gets its own.</param>
/// <param name="cacheFolder">Null: nothing is remembered.</param>
/// <param name="key">Of all that a window's optimum depends on: scenario, profile, plans, links, seeds, roster with its constants.</param>
/// <param name="plans">Plans, by index, that the beam chooses from; null: all. The roster may play others.</param>
/// <param name="multipliers">What a unit of each cost is taken off the reward that is sought; see <see cref="BudgetedOracle"/>.</param>
/// <param name="rough">Whether what the beam finds is good enough: much faster, and a little below.</param>
public sealed class HindsightOracle(
    Func<OffloadEnvironment> environment, int width, string? cacheFolder, string key, IReadOnlyList<int>? plans = null, Costs multipliers = default, bool rough = false)
{
    /// <summary>A sum of rewards in another order is not a better one.</summary>
    private const double Rounding = 1e-9;

    public IReadOnlyList<WindowOptimum> Solve(
        IReadOnlyList<int> windows, IReadOnlyList<Func<IPolicy>> roster, int threads, IProgress<int>? progress, CancellationToken cancel)
    {
        var known = ReadCache();
        var missing = windows.Where(w => !known.ContainsKey(w)).Distinct().ToArray();
        var done = windows.Count - missing.Length;
        var next = -1;
        if (missing.Length > 0)
            try
            {
                Parallel.For(0, Math.Min(threads, missing.Length), new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancel }, _ =>
                {
                    var world = environment();
                    var beam = new HindsightBeam(world, width, plans, multipliers);
                    var references = roster.Select(r => r()).ToArray();
                    for (int i; (i = Interlocked.Increment(ref next)) < missing.Length;)
                    {
                        cancel.ThrowIfCancellationRequested();
                        var optimum = Solve(world, beam, references, missing[i]);
                        lock (known)
                            known[missing[i]] = optimum;
                        progress?.Report(Interlocked.Increment(ref done));
                    }
                });
            }
            finally
            {
                // What was found before an interruption is worth keeping.
                WriteCache(known);
            }
        return [.. windows.Select(w => known[w])];
    }

    private WindowOptimum Solve(OffloadEnvironment world, HindsightBeam beam, IPolicy[] references, int window)
    {
        var (best, by) = (beam.Search(window), "beam");
        var played = new int[world.Model.Scenario.Requests];
        foreach (var policy in references)
        {
            Rollout.Begin(world, policy, window);
            while (!world.Truncated)
            {
                var plan = policy.Decide(world.Observation, world.Mask);
                played[world.Observation.Request] = plan;
                world.Step(plan);
            }
            if (world.TotalReward - world.TotalCosts.At(multipliers) > best.Worth + Rounding)
                (best, by) = (beam.Improve(window, played), policy.Name);
        }
        if (!rough)
            best = beam.Rework(window, best.Plans);
        return new WindowOptimum(window, best.Reward, by, string.Join(' ', best.Plans.Select(p => p.ToString(CultureInfo.InvariantCulture))), best.Costs);
    }

    private string? CacheFile => cacheFolder is null ? null
        : Path.Combine(cacheFolder, $"oracle-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{key}|{width}{Sought}")))[..16]}.json");

    /// <summary>Nothing without multipliers, so that what was found before there were any stays known.</summary>
    private string Sought => (rough ? "|rough" : "") + (multipliers == default ? "" : string.Create(CultureInfo.InvariantCulture, $"|{multipliers.Energy:R}|{multipliers.Misses:R}|{multipliers.AccuracyShortfall:R}"));

    private Dictionary<int, WindowOptimum> ReadCache()
    {
        try
        {
            return CacheFile is { } file && File.Exists(file)
                ? (JsonSerializer.Deserialize(File.ReadAllBytes(file), EnvironmentJson.Default.WindowOptimumArray) ?? []).Where(o => o is { By: not null, Course: not null }).ToDictionary(o => o.Window) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            return [];
        }
    }

    private void WriteCache(Dictionary<int, WindowOptimum> known)
    {
        if (CacheFile is not { } file)
            return;
        try
        {
            Directory.CreateDirectory(cacheFolder!);
            var partial = $"{file}.{System.Environment.ProcessId}.partial";
            File.WriteAllBytes(partial, JsonSerializer.SerializeToUtf8Bytes([.. known.Values.OrderBy(o => o.Window)], EnvironmentJson.Default.WindowOptimumArray));
            File.Move(partial, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A cache that cannot be written costs time, not results.
        }
    }
}
