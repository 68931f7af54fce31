using System.Security.Cryptography;
using System.Text;
using RlOffload.Environment;

namespace RlOffload.Inference.Serving;

/// <summary>
/// Clients by their bearer tokens. Only hashes are kept, and a token is found by its hash, so the time that a look-up takes says nothing about how much of a
/// token is right.
/// </summary>
public sealed class TokenList
{
    private const int ShortestToken = 16;

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>Reads a file of lines "NAME TOKEN"; empty lines and those that begin with # are left out.</summary>
    /// <exception cref="InputException">A line is no such line, or a name or token comes twice; the token itself is never printed.</exception>
    public static TokenList Read(string path)
    {
        if (!File.Exists(path))
            throw new InputException(path, "--tokens", "is not there; a file of lines 'NAME TOKEN' is needed");
        var (list, problems, line) = (new TokenList(), new List<string>(), 0);
        foreach (var text in File.ReadLines(path))
        {
            line++;
            var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0].StartsWith('#'))
                continue;
            if (words.Length != 2)
                problems.Add($"{path}:{line}: has {words.Length} words, allowed is NAME TOKEN");
            else if (words[1].Length < ShortestToken)
                problems.Add($"{path}:{line}: the token of {words[0]} has {words[1].Length} characters, allowed is {ShortestToken} or more");
            else if (list._names.ContainsValue(words[0]))
                problems.Add($"{path}:{line}: names {words[0]} again, allowed is one token a name");
            else if (!list._names.TryAdd(Hash(words[1]), words[0]))
                problems.Add($"{path}:{line}: the token of {words[0]} is another name's too, allowed is a token of its own");
        }
        if (problems.Count == 0 && list._names.Count == 0)
            problems.Add($"{path}:--tokens: holds no token, allowed are lines 'NAME TOKEN'");
        return problems.Count == 0 ? list : throw new InputException(problems);
    }

    public int Count => _names.Count;

    /// <summary>Whose token it is; null where it is nobody's.</summary>
    public string? NameOf(string? token) => string.IsNullOrEmpty(token) ? null : _names.GetValueOrDefault(Hash(token));

    /// <summary>Whose an Authorization header is, "Bearer TOKEN"; null where it is nobody's.</summary>
    public string? NameOfHeader(string? header) =>
        header is not null && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? NameOf(header["Bearer ".Length..].Trim()) : null;

    private static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
