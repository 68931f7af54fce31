using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace RlOffload.Training.Config;

/// <summary>A path as an absolute one; written relative to the folder of the file that names it.</summary>
internal readonly record struct ResolvedPath(string Full);

/// <summary>The value that each key of a section ended up with, given or by default, in the order in which they were asked for.</summary>
internal sealed partial class Resolved
{
    private static readonly string[] NotText = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    private readonly List<(string Key, object Value)> _entries = [];

    /// <param name="value">A bool, number, string, <see cref="ResolvedPath"/>, <see cref="Resolved"/>, or a sequence of them.</param>
    public void Add(string key, object value) => _entries.Add((key, value));

    /// <param name="folder">Where the file will lie; paths are written relative to it.</param>
    public YamlMappingNode ToYaml(string folder) =>
        new(_entries.Select(e => KeyValuePair.Create<YamlNode, YamlNode>(new YamlScalarNode(e.Key), ToYaml(e.Value, folder))));

    private static YamlNode ToYaml(object value, string folder) => value switch
    {
        Resolved section => section.ToYaml(folder),
        ResolvedPath path => Text(Path.GetRelativePath(folder, path.Full).Replace('\\', '/')),
        string text => Text(text),
        bool b => new YamlScalarNode(b ? "true" : "false"),
        IFormattable number => new YamlScalarNode(number.ToString(null, CultureInfo.InvariantCulture)),
        System.Collections.IEnumerable items => new YamlSequenceNode(items.Cast<object>().Select(i => ToYaml(i, folder)))
        {
            Style = YamlDotNet.Core.Events.SequenceStyle.Flow,
        },
        _ => throw new ArgumentException($"{value.GetType().Name} cannot be written into a config", nameof(value)),
    };

    private static YamlScalarNode Text(string text) => new(text)
    {
        Style = Plain().IsMatch(text) && !NotText.Contains(text.ToLowerInvariant()) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted,
    };

    /// <summary>Begins like a word or a relative path and holds nothing that YAML reads as anything but text.</summary>
    [GeneratedRegex(@"^(\.\./)*[A-Za-z][A-Za-z0-9_./-]*$")]
    private static partial Regex Plain();
}
