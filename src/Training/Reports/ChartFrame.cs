namespace RlOffload.Training.Reports;

/// <summary>
/// The frame of a chart: axes, grid and labels around a plot. Drawn about as large as it is shown, so that its letters stay readable on a
/// phone; colours come from the page's variables, so that it follows light and dark.
/// </summary>
internal sealed record ChartFrame(Axis Across, Axis Up, double Width = 400, double Height = 270)
{
    private const double Right = 18, Top = 10, Bottom = 40;

    /// <summary>Room for the labels of the vertical axis.</summary>
    public double Left { get; init; } = 50;

    public double X(double value) => Left + Across.Share(value) * (Width - Left - Right);

    public double Y(double value) => Height - Bottom - Up.Share(value) * (Height - Top - Bottom);

    public string Point(double x, double y) => $"{Html.Px(X(x))},{Html.Px(Y(y))}";

    /// <param name="label">Says what is to be seen to those who do not see it.</param>
    /// <param name="content">SVG in the frame's coordinates.</param>
    public string Svg(string label, string content)
    {
        double bottom = Height - Bottom, end = Width - Right;
        var grid = string.Concat(Across.Ticks(6).Select(v => Line(X(v), Top, X(v), bottom) + Label(X(v), bottom + 15, "middle", Axis.Label(v))))
            + string.Concat(Up.Ticks(5).Select(v => Line(Left, Y(v), end, Y(v)) + Label(Left - 6, Y(v) + 4, "end", Axis.Label(v))));
        return $"<svg viewBox=\"0 0 {Html.Px(Width)} {Html.Px(Height)}\" role=\"img\" aria-label=\"{Html.Text(label)}\">{grid}"
            + Label((Left + end) / 2, Height - 6, "middle", Across.Title, "axis")
            + $"<text class=\"axis\" text-anchor=\"middle\" transform=\"translate(12,{Html.Px((Top + bottom) / 2)}) rotate(-90)\">{Html.Text(Up.Title)}</text>{content}</svg>";
    }

    internal static string Line(double x0, double y0, double x1, double y1, string css = "grid") =>
        $"<line class=\"{css}\" x1=\"{Html.Px(x0)}\" y1=\"{Html.Px(y0)}\" x2=\"{Html.Px(x1)}\" y2=\"{Html.Px(y1)}\"/>";

    internal static string Label(double x, double y, string anchor, string text, string css = "tick") =>
        $"<text class=\"{css}\" x=\"{Html.Px(x)}\" y=\"{Html.Px(y)}\" text-anchor=\"{anchor}\">{Html.Text(text)}</text>";
}
