using System.Globalization;
using System.Net;

namespace RlOffload.Training.Reports;

/// <summary>Text and numbers as they may stand in HTML and SVG. Everything written is well-formed XML too.</summary>
internal static class Html
{
    public static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A coordinate: two digits are a hundredth of a pixel.</summary>
    public static string Px(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A table that scrolls by itself where the page is narrow. Cells are HTML; the first column names the row.</summary>
    public static string Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows, string css = "") =>
        $"<div class=\"scroll\"><table class=\"{css}\"><thead><tr>{string.Concat(head.Select(h => $"<th>{h}</th>"))}</tr></thead><tbody>"
        + string.Concat(rows.Select(r => $"<tr>{string.Concat(r.Select((c, i) => i == 0 ? $"<th scope=\"row\">{c}</th>" : $"<td>{c}</td>"))}</tr>\n"))
        + "</tbody></table></div>\n";

    public static string Figure(string title, string chart, string note) =>
        $"<figure><figcaption>{Text(title)}</figcaption>{chart}{(note.Length > 0 ? $"<p class=\"note\">{note}</p>" : "")}</figure>\n";
}
