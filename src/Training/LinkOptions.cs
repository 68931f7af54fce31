using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Training.Config;

namespace RlOffload.Training;

/// <summary>Where links come from: fitted models (.json) or recorded traces (files or folders).</summary>
/// <param name="Reader">How traces are read, where their content does not say.</param>
public sealed record LinkOptions(IReadOnlyList<string> Train, IReadOnlyList<string> Test, TraceReadOptions Reader)
{
    internal static LinkOptions Read(ConfigSection s)
    {
        var options = new LinkOptions(s.Paths("train"), s.Paths("test"), ReadReader(s.OptionalSection("reader")));
        if (!s.Sound)
            return options;
        try
        {
            var train = options.Train.SelectMany(TraceFolder.Files).Select(f => f.Path).ToHashSet();
            foreach (var (path, _) in options.Test.SelectMany(TraceFolder.Files).Where(f => train.Contains(f.Path)))
                s.Refuse("test", $"holds {path}, which links.train holds too; allowed are links that were not trained on");
        }
        catch (InputException e)
        {
            foreach (var problem in e.Problems)
                s.Refuse("train", $"is not readable: {problem}");
        }
        return options;
    }

    private static TraceReadOptions ReadReader(ConfigSection? s)
    {
        if (s is null)
            return TraceReadOptions.ByContent;
        var (format, unit) = (s.OptionalText("format"), s.OptionalText("unit"));
        if (format is not null && !TraceFormats.ByName.ContainsKey(format))
            s.Refuse("format", $"is '{format}', allowed is {string.Join(", ", TraceFormats.ByName.Keys)}");
        if (unit is not null && RateUnit.Named(unit) is null)
            s.Refuse("unit", $"is '{unit}', allowed is {string.Join(", ", RateUnit.All.Select(u => u.Name))}");
        return new(
            format is null ? null : TraceFormats.ByName.TryGetValue(format, out var known) ? known : null,
            s.OptionalText("column"), s.OptionalText("time_column"), unit is null ? null : RateUnit.Named(unit));
    }
}

/// <summary>Round-trip times: measured ones from a file, those fitted in a link model, or a shifted lognormal. All null: the links' own.</summary>
public sealed record RttOptions(string? File, string? FromLink, RttModel? Lognormal)
{
    internal static RttOptions Read(ConfigSection? s)
    {
        if (s is null)
            return new(null, null, null);
        var (file, link) = (s.OptionalPath("file", folders: true), s.OptionalPath("from_link"));
        var given = new[] { "shift_ms", "mu", "sigma" }.Where(s.Has).ToList();
        double shift = 0, mu = 0, sigma = 0;
        if (given.Count > 0)
            (shift, mu, sigma) = (s.Double("shift_ms", Bounds.Between(0, 60_000)), s.Double("mu", Bounds.Between(-20, 11)), s.Double("sigma", Bounds.Between(0, 5)));
        else
            s.Expect("shift_ms", "mu", "sigma");
        if ((file is null ? 0 : 1) + (link is null ? 0 : 1) + (given.Count > 0 ? 1 : 0) != 1)
            s.Refuse("has no single source, allowed is exactly one of file, from_link, or shift_ms with mu and sigma");
        return new(file, link, given.Count > 0 && s.Sound ? RttModel.ShiftedLognormal(shift, mu, sigma) : null);
    }
}
