using System.Globalization;
using RlOffload.Environment;
using RlOffload.Onnx;

namespace RlOffload.Inference.Profiling;

/// <summary>Which outputs of a network are its exits.</summary>
internal static class ExitList
{
    /// <summary>
    /// Stated outputs are exits in the stated order. Else outputs named exit1..exitN are exits by number, and if there are none, all outputs
    /// together are one exit, since most networks with several outputs (a detector's scores and boxes) need them all for one answer.
    /// </summary>
    /// <returns>Per exit its outputs, from the shallowest to the deepest.</returns>
    public static IReadOnlyList<IReadOnlyList<string>> Of(GraphView graph, IReadOnlyList<string>? stated)
    {
        var outputs = graph.Outputs.Select(v => v.Name).ToList();
        if (stated is not null)
        {
            var unknown = stated.Where(s => !outputs.Contains(s)).ToList();
            if (unknown.Count > 0 || stated.Count == 0 || stated.Distinct().Count() < stated.Count)
                throw new InputException(graph.Model.Source, "--exits", unknown.Count > 0
                    ? $"'{string.Join("', '", unknown)}' is no output, allowed are {string.Join(", ", outputs)}"
                    : "names an output twice or none at all; each exit is named once");
            return [.. stated.Select(s => new[] { s })];
        }
        var numbered = outputs.Select(o => (Name: o, Number: NumberOf(o))).Where(o => o.Number >= 0).OrderBy(o => o.Number).ToList();
        return numbered.Count > 0 ? [.. numbered.Select(o => new[] { o.Name })] : [outputs];
    }

    private static int NumberOf(string output) =>
        output.StartsWith("exit", StringComparison.OrdinalIgnoreCase)
        && int.TryParse(output.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
