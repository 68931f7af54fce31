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
    /// <param name="options">Those that it was trained with.</param>
    /// <param name="room">Of the validation windows: where the scale of the learning curve ends; null where it was not worked out.</param>
    /// <param name="report">Null where the run is not finished.</param>
    public static string Html(RunFolder run, TrainOptions options, EvaluationReport? room, EvaluationReport? report)
    {
        var manifest = run.ReadManifest();
        var metrics = run.ReadMetrics();
        var title = $"{manifest.Name}, seed {manifest.Seed}";
        return HtmlReport.Page(title, $"<p class=\"lead\">{Reports.Html.Text($"{manifest.Agent}: {manifest.Steps} decisions learned from, best on the validation windows after {manifest.BestStep}.")}{(manifest.Guard is { } verdict ? " " + Reports.Html.Text(Guard.Sentence(verdict)) + "." : "")}</p>"
            + "<div class=\"charts\">" + Learning(metrics, Reports.LearningCurve.Of(run, options), room)
            + string.Concat(Known.Select(k => Curve(metrics, k.Title, k.Up, k.Lines)))
            + string.Concat(metrics.Keys.Except(OfEveryAgent).Except(Known.SelectMany(k => k.Lines.Select(l => l.Column))).Select(m => Curve(metrics, m, "", (m, m.Replace('_', ' '), "s1")))) + "</div>"
            + (report is null ? "" : "<h2>On links that it was not trained on</h2>" + HtmlReport.Body(report)));
    }

    private static string Learning(IReadOnlyDictionary<string, double[]> metrics, IReadOnlyList<(double, double)> checks, EvaluationReport? room)
    {
        var steps = metrics["step"];
        if (steps.Length == 0)
            return "";
        return Chart("Reward while learning", "reward a request",
            [new("return, explored", "s0", Smooth(steps, metrics["return"])), new("greedy on validation windows", "s1", checks), .. Marks(room, steps[^1])], steps[^1]);
    }

    /// <summary>What the reward of a learner is compared with while it learns: level lines.</summary>
    internal static IEnumerable<Series> Marks(EvaluationReport? room, double end) => room is null ? [] :
    [
        new("best fixed plan", "s2", [(0, room.StaticReward), (end, room.StaticReward)]),
        .. room.Policies.Where(p => p.Name == "priced").Select(p => new Series("priced", "s3", [(0, p.Reward), (end, p.Reward)])),
        new("hindsight oracle", "s4", [(0, room.OracleReward), (end, room.OracleReward)]),
    ];

    /// <summary>Nothing where the agent measures none of it.</summary>
    private static string Curve(IReadOnlyDictionary<string, double[]> metrics, string title, string up, params (string Column, string Name, string Style)[] columns)
    {
        var steps = metrics["step"];
        var measured = columns.Where(c => metrics.ContainsKey(c.Column)).ToArray();
        var learned = Enumerable.Range(0, steps.Length).FirstOrDefault(i => metrics.Where(m => !OfEveryAgent.Contains(m.Key)).Any(m => m.Value[i] != 0), -1);
        return measured.Length == 0 || learned < 0 ? ""
            : Chart(title, up, [.. measured.Select(c => new Series(c.Name, c.Style, Smooth(steps[learned..], metrics[c.Column][learned..])))], steps[^1]);
    }

    internal static string Chart(string title, string up, IReadOnlyList<Series> lines, double end, IReadOnlyList<(Series Low, Series High)>? bands = null)
    {
        var values = lines.Concat((bands ?? []).SelectMany(b => new[] { b.Low, b.High })).SelectMany(l => l.Points).Select(p => p.Y);
        var frame = new ChartFrame(new Axis("decisions", 0, end), Axis.Over(up, values));
        var legend = "<ul class=\"legend\">" + string.Concat(lines.DistinctBy(l => l.Name).Select(l => $"<li><i class=\"{l.Style}\"></i>{Reports.Html.Text(l.Name)}</li>")) + "</ul>";
        return Reports.Html.Figure(title, LineChart.Draw(title, frame, lines, bands) + legend, "");
    }

    /// <summary>Means of <see cref="Smoothing"/> windows that follow each other.</summary>
    private static (double X, double Y)[] Smooth(double[] steps, double[] values) =>
        [.. steps.Zip(values).Chunk(Smoothing).Select(c => (c[^1].First, c.Average(v => v.Second)))];
}
