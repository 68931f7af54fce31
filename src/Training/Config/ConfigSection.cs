using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace RlOffload.Training.Config;

/// <summary>
/// A mapping of the config. Each reader names a key, says what is allowed and takes the default of an optional one (none: required); what is
/// wrong is noted and a stand-in returned, so that the rest is read too. Keys that nobody asked for are refused at the end.
/// </summary>
public sealed partial class ConfigSection
{
    private readonly ConfigFile _file;
    private readonly string _path;
    private readonly (string Text, long Line) _where;
    private readonly Resolved _resolved;
    private readonly Dictionary<string, (YamlNode Key, YamlNode Value)> _given = [];
    private readonly List<string> _known = [];
    private readonly HashSet<string> _wrong = [];
    private readonly List<ConfigSection> _sections = [];

    internal ConfigSection(ConfigFile file, string path, YamlMappingNode? node, string where, long line, Resolved resolved)
    {
        (_file, _path, _where, _resolved) = (file, path, (where, line), resolved);
        foreach (var (key, value) in node?.Children ?? Enumerable.Empty<KeyValuePair<YamlNode, YamlNode>>())
            if (key is YamlScalarNode { Value: { } name })
                _given[name] = (key, value);
            else
                file.Add(key.Start.Line, $"{file.FullPath}:{key.Start.Line}: {(path == "" ? "" : path + ": ")}has a key that is no word");
    }

    /// <summary>Whether nothing was wrong so far, here or anywhere: only then may values be compared with each other.</summary>
    public bool Sound => _file.Sound;

    public bool Has(string key) => _given.ContainsKey(key);

    /// <summary>Whether the key holds a section, where a single value is allowed too.</summary>
    public bool HasSection(string key) => _given.TryGetValue(key, out var entry) && entry.Value is YamlMappingNode;

    public double Double(string key, Bounds bounds, double? fallback = null) =>
        Read(key, fallback, bounds.ToString(), (string text, out double x) => Number(text, out x) && bounds.Contains(x));

    /// <summary>Null where the key is absent.</summary>
    public double? OptionalDouble(string key, Bounds bounds) => Has(key) || !Know(key) ? Double(key, bounds) : null;

    public int Int(string key, int low, int high, int? fallback = null) => (int)Long(key, low, high, fallback);

    /// <summary>Null where the key is absent.</summary>
    public int? OptionalInt(string key, int low, int high) => Has(key) || !Know(key) ? Int(key, low, high) : null;

    public long Long(string key, long low, long high, long? fallback = null) =>
        Read(key, fallback, $"a whole number of {low} to {high}", (string text, out long x) => Whole(text, out x) && x >= low && x <= high);

    public ulong Seed(string key) => Read<ulong>(key, null, "a whole number of 0 or more", (string text, out ulong x) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out x));

    public ulong Seed(string key, ulong fallback) => Read<ulong>(key, fallback, "a whole number of 0 or more", (string text, out ulong x) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out x));

    public bool Bool(string key, bool? fallback = null) => Read(key, fallback, "true or false", (string text, out bool x) =>
    {
        x = text == "true";
        return text is "true" or "false";
    });

    /// <summary>One of the names of an enum, in snake_case.</summary>
    public T OneOf<T>(string key, T? fallback = null) where T : struct, Enum
    {
        var names = Enum.GetValues<T>().ToDictionary(v => NameOf(v));
        if (!Scalar(key, fallback is null, plain: false, string.Join(", ", names.Keys), out var entry, out var text))
            return Resolve(key, fallback, v => NameOf(v));
        if (names.TryGetValue(text, out var value))
            return Resolve(key, (T?)value, v => NameOf(v));
        var near = NearestKey.Of(text, names.Keys);
        Refuse(entry, key, $"is '{text}', allowed is {string.Join(", ", names.Keys)}{(near is null ? "" : $"; did you mean {near}?")}");
        return default;
    }

    /// <summary>One of these names.</summary>
    public string OneOf(string key, IReadOnlyList<string> names, string fallback)
    {
        if (!Scalar(key, required: false, plain: false, string.Join(", ", names), out var entry, out var text))
            return Resolve(key, fallback);
        if (names.Contains(text))
            return Resolve(key, text);
        var near = NearestKey.Of(text, names);
        Refuse(entry, key, $"is '{text}', allowed is {string.Join(", ", names)}{(near is null ? "" : $"; did you mean {near}?")}");
        return fallback;
    }

    public string Text(string key, string? fallback = null)
    {
        if (!Scalar(key, fallback is null, plain: false, "a text", out _, out var text))
            return fallback is null ? "" : Resolve(key, fallback);
        return Resolve(key, text);
    }

    /// <summary>Null where the key is absent.</summary>
    public string? OptionalText(string key) => Has(key) || !Know(key) ? Text(key) : null;

    /// <summary>A section; where it is absent, one without keys, so that what it requires is refused and all else gets its default.</summary>
    public ConfigSection Section(string key)
    {
        Know(key);
        var child = new Resolved();
        _resolved.Add(key, child);
        YamlMappingNode? node = null;
        var where = _where;
        if (_given.TryGetValue(key, out var entry))
        {
            where = _file.Where(entry.Key);
            node = entry.Value as YamlMappingNode;
            if (node is null && !IsNull(entry.Value))
                Refuse(key, "is a value or a list, allowed is a section of keys");
        }
        var section = new ConfigSection(_file, PathOf(key), node, where.Text, where.Line, child);
        _sections.Add(section);
        return section;
    }

    /// <summary>Null where the key is absent.</summary>
    public ConfigSection? OptionalSection(string key) => Has(key) || !Know(key) ? Section(key) : null;

    /// <summary>Notes a problem of a key that was read, such as one that contradicts another.</summary>
    /// <param name="problem">Reads "is VALUE, allowed is ...".</param>
    public void Refuse(string key, string problem)
    {
        _wrong.Add(key);
        var where = _given.TryGetValue(key, out var entry) ? _file.Where(entry.Key) : _where;
        _file.Add(where.Line, $"{where.Text}: {PathOf(key)}: {problem}");
    }

    /// <summary>Notes a problem of the section as a whole.</summary>
    public void Refuse(string problem) => _file.Add(_where.Line, $"{_where.Text}: {_path}: {problem}");

    /// <summary>Whether something is wrong with the key already.</summary>
    public bool IsWrong(string key) => _wrong.Contains(key);

    /// <summary>Makes keys known that are not read this time.</summary>
    public void Expect(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            Know(key);
    }

    internal void RefuseUnknown(ConfigSection root)
    {
        foreach (var (name, (_, value)) in _given.Where(g => !_known.Contains(g.Key)))
        {
            var near = NearestKey.Of(name, _known) is { } here ? PathOf(here) : root.Elsewhere(name);
            Refuse(name, near is not null ? $"is no key of a config; did you mean {near}?"
                : $"is no key of a config, allowed here is {string.Join(", ", _known)}");
        }
        foreach (var section in _sections)
            section.RefuseUnknown(root);
    }

    /// <summary>Path of a key of this name in any section below; null if there is none.</summary>
    private string? Elsewhere(string name) =>
        _known.Contains(name) ? PathOf(name) : _sections.Select(s => s.Elsewhere(name)).FirstOrDefault(p => p is not null);

    private string PathOf(string key) => _path == "" ? key : $"{_path}.{key}";

    /// <summary>Always true, so that it fits into conditions.</summary>
    private bool Know(string key)
    {
        if (!_known.Contains(key))
            _known.Add(key);
        return true;
    }

    private static string NameOf<T>(T value) where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    internal static bool IsNull(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" };
}
