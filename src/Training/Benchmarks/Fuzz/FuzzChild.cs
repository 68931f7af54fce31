using System.Text.Json;

namespace RlOffload.Training.Benchmarks.Fuzz;

/// <summary>The process that reads the inputs, so that one that ends it ends nothing else: jobs come as lines of JSON, findings go as lines of JSON.</summary>
public static class FuzzChild
{
    internal const string Record = "record";

    /// <summary>Does jobs until there are no more.</summary>
    /// <param name="folder">To work in.</param>
    /// <param name="repository">Whose configs are taken as valid inputs beside the generated ones; null: none.</param>
    public static void Serve(string folder, string? repository, TextReader jobs, TextWriter results)
    {
        void Tell(FuzzLine line)
        {
            results.WriteLine(JsonSerializer.Serialize(line));
            results.Flush();
        }
        var open = new Dictionary<string, IFuzzTarget>();
        using var record = new FuzzRecord(Path.Combine(folder, Record));
        try
        {
            while (jobs.ReadLine() is { } text)
            {
                var job = JsonSerializer.Deserialize<FuzzJob>(text)!;
                try
                {
                    if (!open.TryGetValue(job.Target, out var target))
                        open[job.Target] = target = FuzzTargets.Open(job.Target, Directory.CreateDirectory(Path.Combine(folder, job.Target)).FullName, repository);
                    if (job.SaveTo is { } file)
                        File.WriteAllBytes(file, FuzzLoop.Make(target, job.Target, job.Seed, job.From));
                    else
                        FuzzLoop.Run(target, job.Target, job.Seed, job.From, job.To, job.Limits, record, (finding, _) => Tell(new FuzzLine(finding)));
                    Tell(new FuzzLine());
                }
                catch (Exception e)
                {
                    Tell(new FuzzLine(Problem: e.ToString()));
                }
            }
        }
        finally
        {
            foreach (var target in open.Values)
                target.Dispose();
        }
    }
}
