using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace RlOffload.Training.Config;

/// <summary>
/// Passes the events of a YAML file on, less every key that its mapping already had; YamlDotNet itself would stop at the first of them. Stops at what no config
/// needs and what YamlDotNet would follow until the stack ends: very deep nesting, and keys that are not words.
/// </summary>
/// <exception cref="YamlException">The file has such a thing; the exception says where.</exception>
internal sealed class UniqueKeys(IParser inner, Action<string, long, long> onDuplicate) : IParser
{
    public const int MostDepth = 64;

    /// <summary>Keys of a mapping and their lines; null stands for a sequence.</summary>
    private readonly Stack<Dictionary<string, long>?> _open = new();
    private readonly Stack<bool> _keyIsNext = new();

    public ParsingEvent? Current => inner.Current;

    public bool MoveNext()
    {
        while (inner.MoveNext())
        {
            if (Admits())
                return true;
            SkipValue();
        }
        return false;
    }

    /// <summary>Follows the nesting; false where the current event is a key for the second time.</summary>
    private bool Admits()
    {
        if (inner.Current is MappingEnd or SequenceEnd)
        {
            _open.Pop();
            _keyIsNext.Pop();
            return true;
        }
        if (inner.Current is not (NodeEvent or AnchorAlias) || inner.Current is not { } node)
            return true;
        if (_open.TryPeek(out var keys) && keys is not null)
        {
            var isKey = _keyIsNext.Pop();
            _keyIsNext.Push(!isKey);
            if (isKey && node is not Scalar)
                throw new YamlException(node.Start, node.End, "a key is no word, allowed is a word before each ':'");
            if (isKey && node is Scalar scalar && !keys.TryAdd(scalar.Value, node.Start.Line))
            {
                _keyIsNext.Pop();
                _keyIsNext.Push(true);
                onDuplicate(scalar.Value, node.Start.Line, keys[scalar.Value]);
                return false;
            }
        }
        if (node is MappingStart or SequenceStart)
        {
            if (_open.Count == MostDepth)
                throw new YamlException(node.Start, node.End, $"it is nested deeper than {MostDepth} levels, allowed are so many");
            _open.Push(node is MappingStart ? [] : null);
            _keyIsNext.Push(true);
        }
        return true;
    }

    private void SkipValue()
    {
        var depth = 0;
        do
        {
            if (!inner.MoveNext())
                return;
            depth += inner.Current switch { MappingStart or SequenceStart => 1, MappingEnd or SequenceEnd => -1, _ => 0 };
        }
        while (depth > 0);
    }
}
