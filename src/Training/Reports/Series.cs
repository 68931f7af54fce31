using RlOffload.Training.Evaluation;

namespace RlOffload.Training.Reports;

/// <param name="Style">CSS class of its colour: s1 .. s8, s0 for one among many.</param>
internal sealed record Series(string Name, string Style, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Which policies of a report stand out, in which colour; the same in all its charts.</summary>
internal sealed class Highlights(IReadOnlyList<string> names)
{
    /// <summary>CSS class of a policy's colour.</summary>
    public string StyleOf(string name) => names.Take(Telling.Most).ToList().IndexOf(name) is >= 0 and var i ? $"s{i + 1}" : "s0";

    public bool Contains(string name) => StyleOf(name) != "s0";

    /// <summary>The names with their colours, for beneath a chart; <paramref name="others"/> how many more are drawn in grey.</summary>
    public string Legend(IEnumerable<string> drawn, int others = 0) => "<ul class=\"legend\">"
        + string.Concat(drawn.Where(Contains).OrderBy(n => names.ToList().IndexOf(n)).Select(n => $"<li><i class=\"{StyleOf(n)}\"></i>{Html.Text(n)}</li>"))
        + (others > 0 ? $"<li><i class=\"s0\"></i>{others} others</li>" : "") + "</ul>";
}
