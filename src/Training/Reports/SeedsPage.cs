using RlOffload.Training.Evaluation;

namespace RlOffload.Training.Reports;

/// <summary>Runs of one experiment with several seeds as one page: how they learned together, and how they do beside the planners.</summary>
public static class SeedsPage
{
    /// <param name="options">Those that all of them were trained with.</param>
    /// <param name="room">Of the validation windows; null where it was not worked out.</param>
    /// <param name="report">Null where not all are finished.</param>
    public static string Html(SeedsFolder folder, TrainOptions options, EvaluationReport? room, EvaluationReport? report)
    {
        var manifest = folder.Read();
        var seeds = folder.Runs.Select(r => LearningCurve.Of(r, options)).ToList();
        var links = string.Concat(folder.Runs.Select(r => Path.GetFileName(r.Root)).Select(n => $"<a href=\"{Reports.Html.Text(n)}/report.html\">{Reports.Html.Text(n)}</a>"));
        return HtmlReport.Page($"{manifest.Name}, {manifest.Seeds.Count} seeds",
            $"<p class=\"lead\">{Reports.Html.Text($"{manifest.Agent}, {options.Steps} decisions a seed. The band is Student's 95 % interval of the mean over seeds.")}</p><nav>{links}</nav><div class=\"charts\">"
            + Curve(seeds, room) + "</div>" + (report is null ? "" : "<h2>On links that they were not trained on</h2>" + HtmlReport.Body(report)));
    }

    private static string Curve(IReadOnlyList<IReadOnlyList<(double Step, double Reward)>> seeds, EvaluationReport? room)
    {
        var mean = LearningCurve.Over(seeds);
        if (mean.Count < 2)
            return "";
        Series Line(string name, Func<CurvePoint, double> of) => new(name, "s1", [.. mean.Select(p => (p.Step, of(p)))]);
        return TrainingPage.Chart("Reward on validation windows while learning", "reward a request",
            [.. seeds.Select(s => new Series("each seed", "s0", s)), Line("mean over seeds", p => p.Reward.Mean), .. TrainingPage.Marks(room, mean[^1].Step)], mean[^1].Step,
            [(Line("low", p => p.Reward.Low), Line("high", p => p.Reward.High))]);
    }
}
