using RlOffload.Training.Evaluation;

namespace RlOffload.Training.Reports;

/// <summary>A training run as one page: how it learned, and how it does beside the planners.</summary>
public static class TrainingPage
{
    /// <summary>Windows that a point of the return is a mean of: one window says more of its link than of the agent.</summary>
    private const int Smoothing = 25;

    /// <summary>Columns that every agent's metrics have; the others are what it measures of itself.</summary>
    private static readonly string[] OfEveryAgent = ["step", "window", "return", "validation", "best_validation"];

    /// <summary>Measures with a name and a unit of their own; any other is drawn under the name of its column.</summary>
    private static readonly (string Title, string Up, (string Column, string Name, string Style)[] Lines)[] Known =
    [
        ("Entropy and temperature", "share of the largest, and reward", [("entropy", "normalised entropy", "s1"), ("alpha", "temperature α", "s2")]),
        ("Value of the plans in the batch", "reward", [("mean_q", "mean Q", "s1")]),
        ("Critic's loss", "squared error", [("critic_loss", "critic loss", "s1")]),
        ("Actor's loss", "reward", [("actor_loss", "actor loss", "s1")]),
    ];

    /// <param name="run">Whose metrics are drawn.</param>
    /// <param name="room">Of the validation windows: where the scale of the learning curve ends; null where it was not worked out.</param>
    /// <param name="untrained">Validation of the agent before it learned anything.</param>
    /// <param name="report">Null where the run is not finished.</param>
    public static string Html(RunFolder run, EvaluationReport? room, double untrained, EvaluationReport? report)
    {
        var manifest = run.ReadManifest();
        var metrics = run.ReadMetrics();
        var title = $"{manifest.Name}, seed {manifest.Seed}";
        return HtmlReport.Page(title, $"<p class=\"lead\">{Reports.Html.Text($"{manifest.Agent}: {manifest.Steps} decisions learned from, best on the validation windows after {manifest.BestStep}.")}</p>"
            + "<div class=\"charts\">" + LearningCurve(metrics, room, untrained)
            + string.Concat(Known.Select(k => Curve(metrics, k.Title, k.Up, k.Lines)))
            + string.Concat(metrics.Keys.Except(OfEveryAgent).Except(Known.SelectMany(k => k.Lines.Select(l => l.Column))).Select(m => Curve(metrics, m, "", (m, m.Replace('_', ' '), "s1")))) + "</div>"
            + (report is null ? "" : "<h2>On links that it was not trained on</h2>" + HtmlReport.Body(report)));
    }

    private static string LearningCurve(IReadOnlyDictionary<string, double[]> metrics, EvaluationReport? room, double untrained)
    {
        var (steps, validation) = (metrics["step"], metrics["validation"]);
        if (steps.Length == 0)
            return "";
        var checks = Enumerable.Range(0, steps.Length).Where(i => double.IsFinite(validation[i]) && (i == 0 || !validation[i].Equals(validation[i - 1]))).ToArray();
        List<Series> lines = [new("return, explored", "s0", Smooth(steps, metrics["return"])), new("greedy on validation windows", "s1",
            [.. double.IsFinite(untrained) ? [(0.0, untrained)] : Array.Empty<(double, double)>(), .. checks.Select(i => (steps[i], validation[i]))])];
        if (room is not null)
        {
            lines.Add(new("best fixed plan", "s2", [(0, room.StaticReward), (steps[^1], room.StaticReward)]));
            lines.AddRange(room.Policies.Where(p => p.Name == "priced").Select(p => new Series("priced", "s3", [(0, p.Reward), (steps[^1], p.Reward)])));
            lines.Add(new("hindsight oracle", "s4", [(0, room.OracleReward), (steps[^1], room.OracleReward)]));
        }
        return Chart("Reward while learning", "reward a request", lines, steps[^1]);
    }

    /// <summary>Nothing where the agent measures none of it.</summary>
    private static string Curve(IReadOnlyDictionary<string, double[]> metrics, string title, string up, params (string Column, string Name, string Style)[] columns)
    {
        var steps = metrics["step"];
        var measured = columns.Where(c => metrics.ContainsKey(c.Column)).ToArray();
        var learned = Enumerable.Range(0, steps.Length).FirstOrDefault(i => metrics.Where(m => !OfEveryAgent.Contains(m.Key)).Any(m => m.Value[i] != 0), -1);
        return measured.Length == 0 || learned < 0 ? ""
            : Chart(title, up, [.. measured.Select(c => new Series(c.Name, c.Style, Smooth(steps[learned..], metrics[c.Column][learned..])))], steps[^1]);
    }

    private static string Chart(string title, string up, IReadOnlyList<Series> lines, double end)
    {
        var frame = new ChartFrame(new Axis("decisions", 0, end), Axis.Over(up, lines.SelectMany(l => l.Points).Select(p => p.Y)));
        var legend = "<ul class=\"legend\">" + string.Concat(lines.Select(l => $"<li><i class=\"{l.Style}\"></i>{Reports.Html.Text(l.Name)}</li>")) + "</ul>";
        return Reports.Html.Figure(title, LineChart.Draw(title, frame, lines) + legend, "");
    }

    /// <summary>Means of <see cref="Smoothing"/> windows that follow each other.</summary>
    private static (double X, double Y)[] Smooth(double[] steps, double[] values) =>
        [.. steps.Zip(values).Chunk(Smoothing).Select(c => (c[^1].First, c.Average(v => v.Second)))];
}
