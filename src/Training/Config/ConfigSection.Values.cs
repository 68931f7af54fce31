using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace RlOffload.Training.Config;

/// <summary>Lists, paths, and how a scalar becomes a value.</summary>
public sealed partial class ConfigSection
{
    private delegate bool Parse<T>(string text, out T value);

    public IReadOnlyList<double> Doubles(string key, Bounds bounds, IReadOnlyList<double>? fallback = null, int most = 64) =>
        List(key, fallback, most, bounds.ToString(), plain: true, (string text, out double x) => Number(text, out x) && bounds.Contains(x), x => x);

    /// <summary>Whole numbers, each once.</summary>
    public IReadOnlyList<int> Ints(string key, IReadOnlyList<int> allowed, IReadOnlyList<int>? fallback = null)
    {
        var list = List(key, fallback, allowed.Count, $"one of {string.Join(", ", allowed)}", plain: true,
            (string text, out int x) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out x) && allowed.Contains(x), x => x);
        if (list.Distinct().Count() < list.Count)
            Refuse(key, $"is [{string.Join(", ", list)}], allowed is each once");
        return list;
    }

    /// <summary>Whole numbers from a range, in their order.</summary>
    public IReadOnlyList<int> Ints(string key, int low, int high, int most, IReadOnlyList<int>? fallback = null) =>
        List(key, fallback, most, $"a whole number of {low} to {high}", plain: true,
            (string text, out int x) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out x) && x >= low && x <= high, x => x);

    /// <summary>A file (or folder, where <paramref name="folders"/>) that exists; the full path.</summary>
    public string PathTo(string key, bool folders = false)
    {
        if (!Scalar(key, required: true, plain: false, "a path", out var entry, out var text))
            return "";
        var full = Full(text);
        RefuseMissing(entry, key, text, full, folders);
        _resolved.Add(key, new ResolvedPath(full));
        return full;
    }

    /// <summary>Null where the key is absent.</summary>
    public string? OptionalPath(string key, bool folders = false) => Has(key) || !Know(key) ? PathTo(key, folders) : null;

    /// <summary>A folder of measured data, which may well be missing on this machine; the full path.</summary>
    /// <param name="files">Files that it must hold.</param>
    /// <param name="advice">What else is allowed.</param>
    public string DataFolder(string key, IReadOnlyList<string> files, string advice)
    {
        if (!Scalar(key, required: true, plain: false, "a path", out var entry, out var text))
            return "";
        var full = Full(text);
        if (files.Where(f => !File.Exists(Path.Combine(full, f))).ToList() is { Count: > 0 } absent)
            Refuse(entry, key, $"is '{text}', where {(Directory.Exists(full) ? $"{string.Join(", ", absent)} is missing" : "nothing is")} ({full}); allowed is a folder with "
                + $"{string.Join(", ", files)}, relative to the config's own folder; {advice}", dataMissing: true);
        _resolved.Add(key, new ResolvedPath(full));
        return full;
    }

    /// <summary>
    /// Files and folders that exist; full paths. A last part with * or ? stands for the files that it fits, in ordinal order.
    /// </summary>
    /// <param name="absent">Takes what is not there; null: it is refused.</param>
    public IReadOnlyList<string> Paths(string key, ICollection<string>? absent = null, int most = 1000)
    {
        var paths = List<string>(key, null, most, "a path", plain: false, (string text, out string x) =>
        {
            x = Full(text);
            return true;
        }, x => new ResolvedPath(x), (text, full, item) =>
        {
            if (Matches(full).Count > 0)
                return;
            absent?.Add(text);
            if (absent is null)
                Note(item, key, $"is '{text}', which is not there ({full}); allowed is a file or folder, relative to the config's own folder");
        });
        return [.. paths.SelectMany(Matches).Distinct()];
    }

    private static IReadOnlyList<string> Matches(string full)
    {
        var name = Path.GetFileName(full);
        if (!name.AsSpan().ContainsAny('*', '?'))
            return Path.Exists(full) ? [full] : [];
        var folder = Path.GetDirectoryName(full);
        return Directory.Exists(folder) ? [.. Directory.GetFileSystemEntries(folder, name).Order(StringComparer.Ordinal)] : [];
    }

    private string Full(string text) => Path.GetFullPath(Path.Combine(_file.Folder, text));

    private void RefuseMissing((YamlNode Key, YamlNode Value) entry, string key, string text, string full, bool folders)
    {
        if (folders ? !Path.Exists(full) : !File.Exists(full))
            Refuse(entry, key, $"is '{text}', which is not there ({full}); allowed is a file{(folders ? " or folder" : "")}, relative to the config's own folder");
    }

    private IReadOnlyList<T> List<T>(string key, IReadOnlyList<T>? fallback, int most, string allowed, bool plain, Parse<T> parse, Func<T, object> resolve,
        Action<string, T, YamlNode>? check = null)
    {
        Know(key);
        if (!_given.TryGetValue(key, out var entry))
        {
            if (fallback is null)
                Refuse(key, $"is missing, allowed is a list, each {allowed}");
            else
                _resolved.Add(key, fallback.Select(resolve).ToArray());
            return fallback ?? [];
        }
        var least = fallback is { Count: 0 } ? 0 : 1;
        if (entry.Value is not YamlSequenceNode sequence || sequence.Children.Count < least || sequence.Children.Count > most)
        {
            Refuse(entry, key, $"is {Shown(entry.Value)}, allowed is a list of {least} to {most}, each {allowed}");
            return fallback ?? [];
        }
        var values = new List<T>();
        foreach (var item in sequence.Children)
            if (item is YamlScalarNode { Value: { } text } scalar && (!plain || scalar.Style == ScalarStyle.Plain) && !IsNull(item) && parse(text, out var value))
            {
                values.Add(value);
                check?.Invoke(text, value, item);
            }
            else
                Note(item, key, $"has {Shown(item)}, allowed is {allowed}");
        _resolved.Add(key, values.Select(resolve).ToArray());
        return values;
    }

    private T Read<T>(string key, T? fallback, string allowed, Parse<T> parse) where T : struct
    {
        if (!Scalar(key, fallback is null, plain: true, allowed, out var entry, out var text))
            return Resolve(key, fallback, v => v);
        if (parse(text, out var value))
            return Resolve(key, (T?)value, v => v);
        Refuse(entry, key, $"is {text}, allowed is {allowed}");
        return fallback ?? default;
    }

    /// <summary>False where the key is absent or no scalar; what is wrong is noted.</summary>
    /// <param name="plain">Whether quotes are refused: they make a text of a number.</param>
    private bool Scalar(string key, bool required, bool plain, string allowed, out (YamlNode Key, YamlNode Value) entry, out string text)
    {
        Know(key);
        text = "";
        if (!_given.TryGetValue(key, out entry))
        {
            if (required)
                Refuse(key, $"is missing, allowed is {allowed}");
            return false;
        }
        if (entry.Value is YamlScalarNode { Value: { } value } scalar && !IsNull(scalar) && value.Trim() != "" && (!plain || scalar.Style == ScalarStyle.Plain))
        {
            text = value.Trim();
            return true;
        }
        Refuse(entry, key, $"is {Shown(entry.Value)}, allowed is {allowed}");
        return false;
    }

    private T Resolve<T>(string key, T? value, Func<T, object> resolve) where T : struct
    {
        if (value is { } known)
            _resolved.Add(key, resolve(known));
        return value ?? default;
    }

    private string Resolve(string key, string value)
    {
        _resolved.Add(key, value);
        return value;
    }

    private void Refuse((YamlNode Key, YamlNode Value) entry, string key, string problem, bool dataMissing = false)
    {
        _wrong.Add(key);
        var where = _file.Where(entry.Key);
        _file.Add(where.Line, $"{where.Text}: {PathOf(key)}: {problem}", dataMissing);
    }

    /// <summary>A problem of one item of a list, at the item's own line.</summary>
    private void Note(YamlNode item, string key, string problem)
    {
        _wrong.Add(key);
        var where = _file.Where(_given[key].Key);
        if (where.Line != long.MaxValue)
            where = _file.Where(item);
        _file.Add(where.Line, $"{where.Text}: {PathOf(key)}: {problem}");
    }

    private static string Shown(YamlNode node) => node switch
    {
        YamlSequenceNode { Children.Count: var n } => n == 0 ? "an empty list" : $"a list of {n}",
        YamlMappingNode => "a section",
        YamlScalarNode { Style: not ScalarStyle.Plain, Value: { } text } => $"the text '{text}'",
        _ when IsNull(node) => "empty",
        _ => $"'{node}'",
    };

    private static bool Number(string text, out double x) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out x);

    /// <summary>A whole number; also as 2e5.</summary>
    private static bool Whole(string text, out long x)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out x))
            return true;
        if (!Number(text, out var y) || y != Math.Floor(y) || Math.Abs(y) > 9e15)
            return false;
        x = (long)y;
        return true;
    }
}
