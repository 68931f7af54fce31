using System.Globalization;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using RlOffload.Inference.Partitions;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;

namespace RlOffload.Inference.Profiling;

/// <summary>
/// The time of each node by itself, from ONNX Runtime's own profiler with graph optimisations off (fused nodes could not be told apart).
/// Such times are what most planners add up; a profile keeps their sums beside the times of whole partitions.
/// </summary>
internal static class LayerTimes
{
    private const string Prefix = "node_";

    /// <returns>Median ms by node; 0 for constant nodes, which a real run computes once, when the model is loaded.</returns>
    public static double[] Measure(GraphView graph, IReadOnlyList<OrtValue> inputs, int repeats, CancellationToken cancel)
    {
        // The profiler reports names, and nodes need none: each gets its number as its name.
        var named = new ModelProto(graph.Model.Proto);
        named.Graph.Node.Clear();
        for (var i = 0; i < graph.Nodes.Count; i++)
            named.Graph.Node.Add(new NodeProto(graph.Nodes[i]) { Name = Prefix + i.ToString(CultureInfo.InvariantCulture) });
        var folder = Directory.CreateTempSubdirectory("rloffload-profile-");
        try
        {
            string report;
            using (var session = new SubModel(
                new OnnxModel(named, graph.Model.Source), GraphOptimizationLevel.ORT_DISABLE_ALL, Path.Combine(folder.FullName, "run")))
            {
                for (var run = 0; run <= repeats; run++)
                {
                    cancel.ThrowIfCancellationRequested();
                    session.Run(inputs).Dispose();
                }
                report = session.EndProfiling();
            }
            return Read(graph, File.ReadAllBytes(report));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double[] Read(GraphView graph, byte[] report)
    {
        const string suffix = "_kernel_time";
        var times = new List<double>?[graph.Nodes.Count];
        using var events = JsonDocument.Parse(report);
        foreach (var e in events.RootElement.EnumerateArray())
            if (e.TryGetProperty("cat", out var category) && category.ValueEquals("Node") && e.GetProperty("name").GetString() is { } name
                && name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(suffix, StringComparison.Ordinal)
                && int.TryParse(name.AsSpan(Prefix.Length, name.Length - Prefix.Length - suffix.Length), out var node) && node < times.Length)
                (times[node] ??= []).Add(e.GetProperty("dur").GetDouble() / 1000);
        // The first run of each node is the warm-up.
        return [.. times.Select((runs, i) =>
            runs is null || graph.IsConstantNode(i) ? 0 : PartitionTimer.Summarise([.. runs.Skip(runs.Count > 1 ? 1 : 0)]).Median)];
    }
}
