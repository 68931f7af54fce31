using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace RlOffload.Agents.Planners;

/// <summary>
/// Constants that were tuned on training windows, kept on disk in one JSON file a hash so that they are tuned once. A file that is damaged or
/// made for another hash counts as absent and is replaced; where nothing can be written the constants live as long as this object.
/// </summary>
public sealed class TunedConstants
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly Lock _writing = new();
    private readonly string _hash;
    private readonly SortedDictionary<string, double[]> _values;
    private readonly SortedDictionary<string, int> _trials;

    /// <param name="folder">Made when the first constant is written; null: nothing is read or written, and the constants live as long as this object.</param>
    /// <param name="hash">Of all that the constants depend on: scenario, profile, links, seeds, code version.</param>
    public TunedConstants(string? folder, string hash)
    {
        _hash = hash;
        Path = folder is null ? "" : System.IO.Path.Combine(folder, $"tuned-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hash)))[..16]}.json");
        var content = Read();
        (_values, _trials) = (content?.Constants ?? [], content?.Trials ?? []);
    }

    /// <summary>Empty where nothing is written.</summary>
    public string Path { get; }

    /// <summary>The constants of <paramref name="name"/>: those remembered if <paramref name="valid"/> accepts them, else tuned now and kept.</summary>
    public double[] GetOrTune(string name, Func<double[], bool> valid, Func<double[]> tune)
    {
        lock (_writing)
        {
            if (_values.TryGetValue(name, out var known) && known.All(double.IsFinite) && valid(known))
                return known;
            var tuned = tune();
            _values[name] = tuned;
            Write();
            return tuned;
        }
    }

    /// <summary>How many settings were tried to find the constants of <paramref name="name"/>; null where nothing was tuned.</summary>
    public int? Trials(string name)
    {
        lock (_writing)
            return _trials.TryGetValue(name, out var trials) ? trials : null;
    }

    /// <summary>Told by whoever tunes, so that a report can state it; kept with the constants.</summary>
    public void Tried(string name, int settings)
    {
        lock (_writing)
            _trials[name] = settings;
    }

    private Content? Read()
    {
        if (Path.Length == 0)
            return null;
        try
        {
            var content = JsonSerializer.Deserialize<Content>(File.ReadAllBytes(Path), Json);
            return content is { Constants: { } constants, Trials: not null } && content.Hash == _hash && !constants.ContainsValue(null!) ? content : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Beside the target first, then moved into place: a reader sees the old file or the new one.</summary>
    private void Write()
    {
        if (Path.Length == 0)
            return;
        var partial = $"{Path}.{System.Environment.ProcessId}.partial";
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
            File.WriteAllBytes(partial, JsonSerializer.SerializeToUtf8Bytes(new Content(_hash, _values, _trials), Json));
            File.Move(partial, Path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(partial))
                File.Delete(partial);
        }
    }

    private sealed record Content(string Hash, SortedDictionary<string, double[]> Constants, SortedDictionary<string, int> Trials);
}
