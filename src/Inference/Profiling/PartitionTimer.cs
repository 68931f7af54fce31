using Microsoft.ML.OnnxRuntime;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;

namespace RlOffload.Inference.Profiling;

/// <summary>Times a sub-model: warm-up runs, then at least the stated number of runs, more while they are quick.</summary>
internal sealed class PartitionTimer(TimeProvider clock, int repeats)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(60);

    /// <summary>Times of quick sub-models are taken at most this many times as often as asked for.</summary>
    private const int MostFactor = 10;

    public Duration Measure(SubModel model, IReadOnlyList<OrtValue> inputs, CancellationToken cancel)
    {
        var begin = clock.GetTimestamp();
        for (var warm = 0; warm < 1 || (warm < 3 && clock.GetElapsedTime(begin) < WarmUp); warm++)
            model.Run(inputs).Dispose();
        var times = new List<double>(repeats);
        begin = clock.GetTimestamp();
        while (times.Count < repeats || (times.Count < MostFactor * repeats && clock.GetElapsedTime(begin) < Enough))
        {
            cancel.ThrowIfCancellationRequested();
            var start = clock.GetTimestamp();
            var outputs = model.Run(inputs);
            times.Add(clock.GetElapsedTime(start).TotalMilliseconds);
            outputs.Dispose();
        }
        return Summarise(times);
    }

    /// <summary>Median and 90th percentile (nearest rank), in ms with the clock's useful digits.</summary>
    public static Duration Summarise(IReadOnlyList<double> times)
    {
        var sorted = times.Order().ToList();
        var middle = sorted.Count / 2;
        var median = sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Duration(Math.Round(median, 4), Math.Round(sorted[(int)Math.Ceiling(0.9 * sorted.Count) - 1], 4));
    }
}
