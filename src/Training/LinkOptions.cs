using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Training.Config;

namespace RlOffload.Training;

/// <summary>Where links come from: fitted models (.json) or recorded traces (files or folders).</summary>
/// <param name="Tune">Links on which checkpoints, the static plan and all constants are chosen; null: windows of the training links are kept for that.</param>
/// <param name="Reader">How traces are read, where their content does not say.</param>
/// <param name="StandIn">What is not there, so that links.fallback stands in; null where the links are those that the config is about.</param>
public sealed record LinkOptions(IReadOnlyList<string> Train, IReadOnlyList<string>? Tune, IReadOnlyList<string> Test, TraceReadOptions Reader, string? StandIn = null)
{
    internal static LinkOptions Read(ConfigSection s)
    {
        var absent = s.Has("fallback") ? new List<string>() : null;
        var options = ReadPaths(s, absent) with { Reader = ReadReader(s.OptionalSection("reader")) };
        if (s.OptionalSection("fallback") is { } section && ReadPaths(section, null) is var fallback && absent is { Count: > 0 })
            options = fallback with { StandIn = string.Join(", ", absent) };
        if (!s.Sound)
            return options;
        try
        {
            var sets = new[] { ("train", options.Train), ("tune", options.Tune ?? []), ("test", options.Test) };
            var seen = new Dictionary<string, string>();
            foreach (var (key, paths) in sets)
                foreach (var (path, _) in paths.SelectMany(TraceFolder.Files))
                    if (!seen.TryAdd(path, key) && seen[path] != key)
                        s.Refuse(key, $"holds {path}, which links.{seen[path]} holds too; allowed are links that were not {(seen[path] == "train" ? "trained" : "tuned")} on");
        }
        catch (InputException e)
        {
            foreach (var problem in e.Problems)
                s.Refuse("train", $"is not readable: {problem}");
        }
        return options;
    }

    private static LinkOptions ReadPaths(ConfigSection s, ICollection<string>? absent) => new(
        s.Paths("train", absent), s.Has("tune") ? s.Paths("tune", absent) : Unread(s, "tune"), s.Paths("test", absent), TraceReadOptions.ByContent);

    private static IReadOnlyList<string>? Unread(ConfigSection s, string key)
    {
        s.Expect(key);
        return null;
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
