using RlOffload.Environment;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace RlOffload.Training.Config;

/// <summary>
/// One config being read: its YAML tree with the overrides of the command line put in, and every problem found so far. Read all sections
/// through <see cref="Root"/>, then call <see cref="Finish"/>, which throws with all problems at once.
/// </summary>
public sealed class ConfigFile
{
    private readonly List<(long Line, string Text)> _problems = [];
    private readonly HashSet<string> _missing = [];
    private readonly Dictionary<YamlNode, string> _origins = new(ReferenceEqualityComparer.Instance);
    private readonly Resolved _resolved = new();

    private ConfigFile(string path)
    {
        FullPath = path;
        Folder = Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        Root = null!;
    }

    /// <summary>As the user named it.</summary>
    public string FullPath { get; }

    /// <summary>Paths in the config are relative to it.</summary>
    public string Folder { get; }

    public ConfigSection Root { get; private set; }

    internal bool Sound => _problems.Count == 0;

    /// <param name="overrides">Each "a.b=value"; the value is YAML, so a list is "[1, 2]"; without a value the key is taken out.</param>
    /// <exception cref="InputException">The file is missing or is no YAML mapping.</exception>
    public static ConfigFile Read(string path, IEnumerable<string> overrides)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "file", $"cannot be read ({e.Message}); allowed is a config in YAML, such as configs/quickstart.yaml");
        }
        var file = new ConfigFile(path);
        var root = file.Parse(text);
        foreach (var assignment in overrides)
            file.Override(root, assignment);
        file.Root = new ConfigSection(file, "", root, $"{path}:1", 1, file._resolved);
        return file;
    }

    /// <exception cref="InputException">All problems, in the order of the lines.</exception>
    public void Finish()
    {
        Root.RefuseUnknown(Root);
        RequireSound();
    }

    /// <summary>For those who read only some sections: nothing is said of the others.</summary>
    /// <exception cref="InputException">All problems found so far, in the order of the lines.</exception>
    internal void RequireSound()
    {
        if (_problems.Count > 0)
            throw new InputException([.. _problems.OrderBy(p => p.Line).Select(p => p.Text).Distinct()]) { DataMissing = _problems.All(p => _missing.Contains(p.Text)) };
    }

    /// <summary>What was read, defaults included, as YAML that reads back to the same values when it lies in <paramref name="folder"/>.</summary>
    public string ResolvedYaml(string folder)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(_resolved.ToYaml(System.IO.Path.GetFullPath(folder)))).Save(
            new Emitter(writer, EmitterSettings.Default.WithBestWidth(int.MaxValue)), assignAnchors: false);
        var text = writer.ToString().ReplaceLineEndings("\n");
        return text.EndsWith("...\n", StringComparison.Ordinal) ? text[..^4] : text;
    }

    /// <param name="dataMissing">The problem is only that measured data is not on this machine.</param>
    internal void Add(long line, string problem, bool dataMissing = false)
    {
        _problems.Add((line, problem));
        if (dataMissing)
            _missing.Add(problem);
    }

    /// <summary>Where a key stands: "FILE:LINE", or the option of the command line that set it.</summary>
    internal (string Text, long Line) Where(YamlNode key) =>
        _origins.TryGetValue(key, out var option) ? (option, long.MaxValue) : ($"{FullPath}:{key.Start.Line}", key.Start.Line);

    private YamlMappingNode Parse(string text)
    {
        var stream = Load(text, (key, line, first) => Add(line, $"{FullPath}:{line}: {key}: is given twice, allowed is once (first in line {first})"),
            (line, problem) => throw new InputException(FullPath, line.ToString(), $"is not YAML ({problem})"));
        if (stream.Documents.Count != 1 || stream.Documents[0].RootNode is not YamlMappingNode root)
            throw new InputException(FullPath, "1", stream.Documents.Count > 1 ? $"holds {stream.Documents.Count} documents, allowed is one"
                : stream.Documents.Count == 0 ? "is empty, allowed is a config of keys and values" : "is no mapping, allowed is a config of keys and values");
        return root;
    }

    /// <param name="refused">Told the line and the reason where it is not YAML.</param>
    private static YamlStream Load(string text, Action<string, long, long> onDuplicate, Action<long, string> refused)
    {
        var stream = new YamlStream();
        var parser = new UniqueKeys(new Parser(new StringReader(text)), onDuplicate);
        try
        {
            stream.Load(parser);
        }
        catch (YamlException e)
        {
            refused(e.Start.Line, e.Message);
        }
        // What YamlDotNet's scanner throws where a simple key or an end stands at a place that it did not think of.
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            refused(parser.Current?.Start.Line ?? 1, e.Message);
        }
        return stream;
    }

    private void Override(YamlMappingNode root, string assignment)
    {
        var option = $"--set {assignment}";
        var equals = assignment.IndexOf('=');
        var keys = equals < 0 ? [] : assignment[..equals].Split('.', StringSplitOptions.TrimEntries);
        if (keys.Length == 0 || keys.Contains(""))
        {
            Add(long.MaxValue, $"{option}: is no assignment, allowed is KEY=VALUE such as arrivals.mean_gap_s=0.5");
            return;
        }
        var refused = false;
        var value = Load(assignment[(equals + 1)..], (key, _, _) => Add(long.MaxValue, $"{option}: {key}: is given twice, allowed is once"), (_, problem) =>
        {
            refused = true;
            Add(long.MaxValue, $"{option}: is not YAML ({problem})");
        });
        if (refused)
            return;
        for (var i = 0; i < keys.Length - 1; i++)
        {
            var old = Replace(root, keys[i], option, copyOf => copyOf switch
            {
                // A copy, because an alias may show the same mapping elsewhere.
                YamlMappingNode mapping => new YamlMappingNode(mapping.Children),
                null or YamlScalarNode { Value: null or "" or "~" or "null" } => new YamlMappingNode(),
                _ => null,
            });
            if (old is not YamlMappingNode section)
            {
                Add(long.MaxValue, $"{option}: {string.Join('.', keys[..(i + 1)])} is a value and has no keys");
                return;
            }
            root = section;
        }
        if (value.Documents.Count == 0 || ConfigSection.IsNull(value.Documents[0].RootNode))
        {
            if (root.Children.Keys.FirstOrDefault(k => k is YamlScalarNode s && s.Value == keys[^1]) is { } key)
                root.Children.Remove(key);
            else
                Add(long.MaxValue, $"{option}: {assignment[..equals]} is not in the config, so it cannot be taken out");
            return;
        }
        Replace(root, keys[^1], option, _ => value.Documents[0].RootNode, isLeaf: true);
    }

    /// <summary>Puts what <paramref name="make"/> makes of the old value (null if absent) in its place; null leaves it.</summary>
    private YamlNode? Replace(YamlMappingNode mapping, string name, string option, Func<YamlNode?, YamlNode?> make, bool isLeaf = false)
    {
        var key = mapping.Children.Keys.FirstOrDefault(k => k is YamlScalarNode s && s.Value == name);
        var replaced = make(key is null ? null : mapping.Children[key]);
        if (replaced is null)
            return null;
        if (key is null || isLeaf)
        {
            if (key is not null)
                mapping.Children.Remove(key);
            key = new YamlScalarNode(name);
            _origins[key] = option;
        }
        mapping.Children[key] = replaced;
        return replaced;
    }
}
