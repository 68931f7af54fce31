using RlOffload.Training.Evaluation;
using RlOffload.Training.Regimes;
using RlOffload.Training.Suites;

namespace RlOffload.Training.Reports;

/// <summary>
/// A result as one page that holds all it needs: no script, nothing loaded, charts as SVG. Reads well on a phone, in light and in dark.
/// </summary>
public static class HtmlReport
{
    /// <param name="map">Of the same scenario; null: none is drawn.</param>
    public static string Page(EvaluationReport report, RegimeMap? map = null) =>
        Page(report.Config, Body(report) + (map is null ? "" : "<h2>Regimes</h2>" + RegimePage.Body(map)));

    /// <summary>One scenario's result, as it stands within a page.</summary>
    internal static string Body(EvaluationReport report) =>
        Lead(1) + ScenarioSection.Html(report, new Highlights(Telling.Of([.. report.Ranked.Select(p => p.Name)])));

    public static string Page(SuiteReport suite)
    {
        var byMerit = suite.Aggregate is { } a ? a.Ranked.Select(p => p.Name) : SuiteAggregate.Names(suite.Scenarios);
        var highlights = new Highlights(Telling.Of([.. byMerit]));
        return Page("Evaluation", Lead(suite.Scenarios.Count) + SuiteSection.Html(suite, highlights)
            + string.Concat(suite.Scenarios.Select((s, i) => $"<details id=\"scenario{i + 1}\"{(suite.Scenarios.Count == 1 ? " open=\"open\"" : "")}><summary>{Html.Text(s.Config)}</summary>{ScenarioSection.Html(s, highlights)}</details>")));
    }

    /// <param name="body">Well-formed HTML.</param>
    internal static string Page(string title, string body) => $"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/><title>{Html.Text(title)} - RlOffload</title><style>
        {PageStyle.Css}
        </style></head><body>
        <h1>{Html.Text(title)}</h1>
        {body}
        </body></html>

        """;

    private static string Lead(int scenarios) => "<p class=\"lead\">All policies played the same windows of links that nothing was trained or tuned on"
        + $"{(scenarios > 1 ? $", in {scenarios} scenarios" : "")}. Score 0 is the best fixed plan of the training windows, 1 the hindsight oracle, which knows the whole window.</p>";
}
